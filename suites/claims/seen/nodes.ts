import type {NodeVerdict} from '../../../lib/testbed/judge-nodes.ts';
import {judgeNodes} from '../../../lib/testbed/judge-nodes.ts';
import {ofEachNode} from '../../../lib/testbed/ask-nodes.ts';
import type {MadeService} from '../../../lib/testbed/workloads.ts';
import type {RowRecorder, Testbed} from '../../../lib/testbed/testbed.ts';

/** What a program on each node says, judged by its output. */
const said = async (
	{nodes}: Testbed,
	argv: readonly string[],
	judge: (stdout: string) => Omit<NodeVerdict, 'node'>,
): Promise<readonly NodeVerdict[]> =>
	Promise.all(
		nodes.map(async ({name, shell}) => {
			const {exitCode, stdout, stderr} = await shell.run(argv);
			return {
				node: name,
				...(exitCode === 0 ? judge(stdout) : {text: '?', wrong: `${argv.join(' ')}: ${stderr.trim() || `exit code ${exitCode}`}`}),
			};
		}),
	);

/** No process listens at a node port that is served. */
export const noSocketListens = async (testbed: Testbed, recorder: RowRecorder, {nodePorts}: MadeService): Promise<void> => {
	const port = nodePorts['http'] ?? 0;
	const argv = ['ss', '-H', '-ltn', `sport = :${port}`];
	const verdicts = await said(testbed, argv, stdout => {
		const sockets = stdout.trim();
		return {text: sockets === '' ? 'nothing listens' : sockets, wrong: sockets === '' ? undefined : `listens: ${sockets}`};
	});
	judgeNodes(
		recorder,
		{title: `Sockets at node port ${port}`, expected: 'none', layer: 'kube-proxy', reproduce: argv.join(' ')},
		verdicts,
	);
};

export const onNoInterface = async (testbed: Testbed, recorder: RowRecorder, {clusterIp}: MadeService): Promise<void> => {
	const verdicts = await ofEachNode(testbed, ['addresses'], ({addresses}) => {
		if (!addresses.ok) return {text: '?', wrong: `${addresses.source}: ${addresses.why}`};
		const devices = addresses.value.items.filter(({address}) => address === clusterIp).map(({device}) => device);
		return {
			text: devices.join(', ') || 'on none',
			wrong: devices.length === 0 ? undefined : `${clusterIp} is on ${devices.join(', ')}`,
		};
	});
	judgeNodes(
		recorder,
		{title: `Interfaces with ${clusterIp}`, expected: 'none', layer: 'link', reproduce: `ip addr show to ${clusterIp}`},
		verdicts,
	);
};

export const noMetricOfIpvs = async (testbed: Testbed, recorder: RowRecorder): Promise<void> => {
	const verdicts = await ofEachNode(testbed, ['metrics'], ({metrics}) => {
		if (!metrics.ok) return {text: '?', wrong: `${metrics.source}: ${metrics.why}`};
		const names = [...new Set(metrics.value.samples.map(({name}) => name))];
		const own = names.filter(name => name.includes('ipvs'));
		return {text: `${own.length} of ${names.length}`, wrong: own.length === 0 ? undefined : own.join(', ')};
	});
	judgeNodes(
		recorder,
		{title: 'Metrics with ipvs in their name', expected: 'none', layer: 'kube-proxy', reproduce: 'curl http://127.0.0.1:10249/metrics'},
		verdicts,
	);
};

/** Said to be needed. Built into the kernel they are in /sys/module too, if they have parameters or a version. */
const MODULES = ['ip_vs', 'ip_vs_rr', 'ip_vs_wrr', 'ip_vs_sh', 'nf_conntrack'];

/** Not all of them are loaded, and kube-proxy runs all the same. */
export const fewerModules = async (testbed: Testbed, recorder: RowRecorder): Promise<void> => {
	// A kernel that cannot load modules has no such list.
	const argv = ['sh', '-c', 'test ! -e /proc/modules || cat /proc/modules'];
	const verdicts = await said(testbed, argv, stdout => {
		const loaded = stdout.split('\n').map(line => line.split(' ')[0]);
		const here = MODULES.filter(name => loaded.includes(name));
		return {text: here.join(', ') || 'none of them', wrong: here.length === MODULES.length ? 'all are loaded' : undefined};
	});
	judgeNodes(
		recorder,
		{title: 'Modules that are loaded', expected: 'not all', layer: 'kube-proxy', reproduce: 'cat /proc/modules'},
		verdicts,
	);
};
