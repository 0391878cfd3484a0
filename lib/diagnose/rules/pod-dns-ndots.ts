import {rule, type Finding} from '../rule.ts';
import {aboutPod, fullName, podLine} from '../views/objects.ts';
import {isRunning} from '../views/pod-state.ts';

/** glibc reads no more; kubelet refuses more (MaxDNSSearchPaths). */
const SEARCHES = 32;

export default rule({
	title: 'The options of resolv.conf let short names of Services resolve',
	severity: 'warning',
	layer: 'dns',
	why:
		'A name with fewer dots than `ndots` is first tried below each search domain. With ndots:1 `web.shop` is asked as it stands ' +
		'and does not exist; with ndots:0 no short name resolves.',
	verify: ['kubectl -n NAMESPACE exec POD -- cat /etc/resolv.conf'],
	fix: 'Leave ndots at 5, or use whole names with a dot at the end (web.shop.svc.cluster.local.).',
	refs: ['https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-dns-config'],
	steps: [36],
	needs: ['pods'],
	evaluate: ({pods}) =>
		pods.filter(isRunning).flatMap((pod): readonly Finding[] => {
			const {options = [], searches = []} = pod.spec?.dnsConfig ?? {};
			const ndots = options.find(({name}) => name === 'ndots')?.value;
			const few = ndots !== undefined && Number(ndots) < 2;
			if (!few && searches.length <= SEARCHES) return [];
			return [
				{
					about: aboutPod(pod),
					severity: few && Number(ndots) === 0 ? 'warning' : 'info',
					confidence: 'possible',
					summary: few
						? `pod ${fullName(pod)} has ndots:${ndots}: ` +
							`${Number(ndots) === 0 ? 'no short name of a Service resolves' : 'names like NAME.NAMESPACE do not resolve'} ` +
							'in it'
						: `pod ${fullName(pod)} has ${searches.length} search domains, more than ${SEARCHES}`,
					evidence: [{from: `pod ${fullName(pod)} .spec.dnsConfig`, text: JSON.stringify(pod.spec?.dnsConfig)}],
					fix: 'let its programs use whole names, or leave ndots at 5',
					verify: [podLine('exec', pod, '-- cat /etc/resolv.conf')],
				},
			];
		}),
});
