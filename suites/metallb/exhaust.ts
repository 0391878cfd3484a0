import check from '../../lib/check/check.ts';
import {assigned, balanced, makePool, refused} from '../../lib/testbed/metallb.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title: 'A Service for which the pool has no address left stays pending, an event says why, and it gets the first that is freed',
		why:
			'A pool that has run out is a release that waits for ever: kubectl shows <pending>, and only an event says why. What is ' +
			'freed must go to those who wait, or their Services have to be made anew by hand.',
		refs: ['https://metallb.io/usage/'],
		families: ['ipv4'],
		needs: ['outside-host', 'metallb-pools'],
		uses: ['node'],
		faults: ['metallb-controller-gone'],
	},
	async testbed => {
		const {kube, namespace} = testbed;
		await echoPods(testbed, {name: 'echo', replicas: 1});
		await makePool(testbed);
		const wish = {type: 'LoadBalancer', selector: {app: 'echo'}, ports: [{name: 'http', port: 80, targetPort: 8080}]};
		await balanced(testbed, {...wish, name: 'first'});
		await service(testbed, {...wish, name: 'second'});
		testbed.step(`the second Service is told: ${await refused(testbed, 'second')}`);
		await testbed.settled();

		testbed.step('the first Service is deleted');
		const since = performance.now();
		await kube.remove({apiVersion: 'v1', kind: 'Service', metadata: {name: 'first', namespace}});
		await assigned(testbed, 'second');
		testbed.number('until the freed address was given', Math.round(performance.now() - since), 'ms');
	},
);
