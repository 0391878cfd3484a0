import {Violation} from '../../../lib/record/problem.ts';
import type {RowRecorder, Testbed} from '../../../lib/testbed/testbed.ts';
import {service} from '../../../lib/testbed/workloads.ts';
import {programmed} from '../../../lib/testbed/programmed.ts';

const COUNT = 3;

/** A Service with an external IP that nobody was told of; answers the address. */
export const externalService = async (testbed: Testbed): Promise<string> => {
	const [ip = ''] = await testbed.lease('external-ip', 1);
	await service(testbed, {
		name: 'external',
		selector: {app: 'echo'},
		externalIPs: [ip],
		ports: [{name: 'http', port: 80, targetPort: 8080}],
	});
	await programmed(testbed, 'external');
	return ip;
};

/** Nobody makes a way to an external IP: a host on the nodes' segment that was given none has no answer, though the nodes serve it. */
export const nobodyAnnounces = async (testbed: Testbed, recorder: RowRecorder, ip: string): Promise<void> => {
	const [inside, outside] = [await testbed.vantage.node(testbed.workers[0].name), await testbed.vantage.outside()];
	const [within, without] = await Promise.all([inside, outside].map(async place => place.dial({ip, port: 80}, {count: COUNT})));
	const answers = [within, without].map(dials => (dials ?? []).filter(({outcome}) => outcome === 'answered').length);
	recorder.step(`${ip}: ${answers[0]} of ${COUNT} answered to ${testbed.workers[0].name}, ${answers[1]} of ${COUNT} to the host outside`);
	if (answers[0] === COUNT && answers[1] === 0) return;
	throw new Violation({
		summary:
			answers[0] === COUNT ? 'somebody leads a host outside to an external IP' : 'the external IP is not served by the node itself',
		expected: `${COUNT} answers to the node, none to the host outside, which has no route for it`,
		observed: `${answers[0]} answers to the node, ${answers[1]} to the host outside`,
		...(answers[1] !== 0 && {layer: {name: 'link', detail: `the host outside has a way to ${ip}`}}),
		reproduce: [`curl --max-time 2 http://${ip}/hostname   # from ${outside.name}`],
	});
};
