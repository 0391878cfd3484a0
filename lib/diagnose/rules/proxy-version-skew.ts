import {minorOf} from '../../target.ts';
import {rule, type Finding} from '../rule.ts';
import {fullName, someOf} from '../views/objects.ts';
import {isKubeProxy, minorOfImage} from '../views/proxy.ts';

/** https://kubernetes.io/releases/version-skew-policy/#kube-proxy */
const OLDEST = 3;

export default rule({
	title: "kube-proxy is of the API server's version, or up to three minors older",
	severity: 'warning',
	layer: 'kube-proxy',
	why:
		'kube-proxy must not be newer than the API server, and no more than three minor versions older. Beyond that nobody tests ' +
		'whether it understands the objects; old ones miss features of Services without a word.',
	verify: ['kubectl version', 'kubectl -n kube-system get pods -l k8s-app=kube-proxy -o jsonpath={.items[*].spec.containers[*].image}'],
	fix: 'Upgrade the DaemonSet kube-proxy together with the nodes.',
	refs: ['https://kubernetes.io/releases/version-skew-policy/#kube-proxy'],
	steps: [40],
	needs: ['version', 'pods'],
	evaluate({version, pods}): readonly Finding[] {
		const server = minorOf(version);
		const proxies = pods.filter(isKubeProxy).flatMap(pod => {
			const image = pod.spec?.containers[0]?.image;
			const minor = minorOfImage(image);
			return minor === undefined ? [] : [{pod, image, minor}];
		});
		const wrong = server === undefined ? [] : proxies.filter(({minor}) => minor > server || minor < server - OLDEST);
		const [first] = wrong;
		if (!first) return [];
		return [
			{
				about: 'DaemonSet kube-system/kube-proxy',
				summary:
					`kube-proxy is 1.${first.minor} on ${someOf(wrong.map(({pod}) => pod.spec?.nodeName ?? ''))}, and the API server ` +
					`${version}`,
				evidence: [
					{from: `pod ${fullName(first.pod)} .spec.containers[].image`, text: first.image ?? ''},
					{from: '/version', text: version},
				],
				fix: 'bring kube-proxy to the version of the API server, or up to three minors below',
				verify: ['kubectl version'],
			},
		];
	},
});
