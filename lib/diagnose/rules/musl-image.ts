import {rule, type Finding} from '../rule.ts';
import {aboutPod, fullName, podLine} from '../views/objects.ts';

/** musl before 1.2.4 asks DNS over UDP alone: https://www.openwall.com/lists/musl/2023/05/02/1; Alpine has that from 3.18 on. */
const OLD = /(?:^|[/:-])alpine(?:[:-]v?3\.(?:\d|1[0-7])(?:\.\d+)?)(?:$|[^.\d])/;

export default rule({
	title: 'No image has a resolver that cannot ask DNS over TCP',
	severity: 'info',
	layer: 'dns',
	why:
		'musl before 1.2.4 (Alpine before 3.18) asks DNS over UDP only: long answers, as those of headless Services with many pods, ' +
		'are cut off or fail. It also asks all servers at once and takes the first answer.',
	verify: ['kubectl -n NAMESPACE exec POD -- cat /etc/alpine-release'],
	fix: 'Use an image of Alpine 3.18 or newer.',
	refs: ['https://wiki.musl-libc.org/functional-differences-from-glibc.html'],
	steps: [37],
	needs: ['pods'],
	evaluate({pods}): readonly Finding[] {
		const old = pods.flatMap(pod =>
			(pod.spec?.containers ?? []).filter(({image}) => OLD.test(image ?? '')).map(({image, name}) => ({pod, image, name})),
		);
		return [...Map.groupBy(old, ({image}) => image).values()].flatMap(those => {
			const [first] = those;
			if (!first) return [];
			return [
				{
					about: aboutPod(first.pod),
					confidence: 'possible' as const,
					summary: `${those.length} containers run ${first.image}, whose resolver asks DNS over UDP only`,
					evidence: [{from: `pod ${fullName(first.pod)} .spec.containers[${first.name}].image`, text: first.image ?? ''}],
					fix: 'use an image of Alpine 3.18 or newer',
					verify: [podLine('exec', first.pod, '-- cat /etc/alpine-release')],
				},
			];
		});
	},
});
