import check from '../../lib/check/check.ts';
import {affinityWindowSeconds} from '../../lib/model/affinity.ts';
import {TRAITS} from '../../lib/model/modes/traits.ts';
import {SetupError} from '../../lib/wait/eventually.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {hitsAfter} from '../../lib/testbed/hits.ts';
import {judgeNodes} from '../../lib/testbed/judge-nodes.ts';

/** ipvs remembers a connection that was reset for 10 s, whatever the Service says: less could not be told from that. */
const SECONDS = {exact: 5, template: 20} as const;
/** A pod and the host network of each node, at ten ports: of twenty clients none draws another of four anew once in 10^12 times. */
const PORTS = Array.from({length: 10}, (_, index) => ({name: `tcp-${80 + index}`, port: 80 + index, targetPort: 8080}));

export default check(
	{
		title: "Session affinity remembers a client for the Service's time since its last connection, and then forgets it",
		why:
			'Too short, and users lose their session while they read; too long, and new pods stay idle after a scale-out. In ipvs mode ' +
			'TIME_WAIT alone stretches a short timeout to about two minutes, whatever the Service says.',
		refs: [
			'https://kubernetes.io/docs/reference/networking/virtual-ips/#session-stickiness-timeout',
			'https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/proxy/iptables/proxier.go',
		],
		needs: ['node-access'],
		budgetMs: 120_000,
		faults: ['affinity-lost', 'affinity-longer'],
	},
	async testbed => {
		const seconds = SECONDS[TRAITS[testbed.mode].affinity];
		const windowMs = affinityWindowSeconds(testbed.mode, seconds, 'rst') * 1000;
		const sessionAffinityConfig = {clientIP: {timeoutSeconds: seconds}};
		const wish = {replicas: 4, ports: PORTS, sessionAffinity: 'ClientIP', sessionAffinityConfig};
		const {clusterIp, expected} = await echoService(testbed, wish);
		const to = PORTS.map(({port}) => ({ip: clusterIp, port}));
		const flows = await flowsOf(testbed, {from: ['pod', 'node'], to, counts: 1}, expected);
		await testbed.settled();

		testbed.step(`each client again after half of ${windowMs / 1000} s, after nine tenths of it, and when it is over by a tenth`);
		const pauses = [0.5, 0.9, 1.1].map(part => part * windowMs);
		const clients = await Promise.all(flows.map(async flow => ({flow, hits: await hitsAfter(flow, pauses, testbed.signal)})));
		const steps = clients.flatMap(({flow, hits}) => [1, 2].map(step => ({flow, before: hits[step - 1]!, after: hits[step]!})));
		// One that a busy machine let us send too late says nothing.
		const intime = steps.filter(({before, after}) => after.until - before.since < windowMs);
		testbed.number('clients asked again in time', intime.length, `of ${steps.length}`);
		if (intime.length * 2 < steps.length)
			throw new SetupError(`this machine is too busy: ${intime.length} of ${steps.length} connections came in time`);
		const seen = testbed.nodes.map(({name}) => {
			const own = clients.filter(({flow}) => flow.node === name);
			const lost = own.flatMap(({hits}) => hits).filter(({backend}) => backend === undefined).length;
			const strayed = intime.filter(({flow, before, after}) => flow.node === name && after.backend !== before.backend).length;
			const freed = own.filter(({hits}) => hits.at(-1)?.backend !== hits.at(-2)?.backend).length;
			const wrong = [
				...(lost > 0 ? [`${lost} connections are lost`] : []),
				...(strayed > 0 ? [`${strayed} times a client came to another endpoint within the time`] : []),
				...(freed === 0 ? [`not one of ${own.length} clients came to another endpoint after it`] : []),
			].join('; ');
			return {node: name, text: `${strayed} strayed, then ${freed} of ${own.length} free`, wrong: wrong || undefined};
		});
		const expectation = `the same endpoint within ${windowMs / 1000} s of the last connection, any after ${(1.1 * windowMs) / 1000} s`;
		judgeNodes(testbed, {title: 'Clients', expected: expectation, reproduce: `curl http://${clusterIp}/hostname`}, seen);
	},
);
