import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {connect} from '../kube.ts';
import {openVantage} from '../probe/open.ts';
import {openShells} from '../shell/shells.ts';
import {familiesOf, type ClusterRef, type IpFamily} from '../target.ts';
import {gatherChain} from './gather.ts';
import {walk} from './walk.ts';

/** A cluster that `vipcheck up` made; its directory is given by whoever runs these tests. */
const cluster = JSON.parse(await readFile(join(process.env['VIPCHECK_CLUSTER'] as string, 'cluster.json'), 'utf8')) as ClusterRef;
const shells = await openShells(cluster);
test.after.always(async () => shells.close());

const hopsOf = async (family: IpFamily) => {
	const nodes = cluster.nodes.map(({name, ips}) => ({
		name,
		ip: ips.find(ip => ip.includes(':') === (family === 'ipv6')) ?? '',
		shell: shells.node(name),
	}));
	const place = async (name: string) => openVantage(shells.node(name));
	const {facts} = await gatherChain({
		// The Service kubernetes, which has no selector, and all that every Service shares.
		kube: await connect(cluster.kubeconfig),
		namespace: 'default',
		family,
		nodes,
		seen: new Map(),
		asksDns: false,
		signal: AbortSignal.timeout(60_000),
		fromNode: place,
		fromPod: place,
	});
	return walk(facts).hops;
};

for (const family of familiesOf(cluster.target.family))
	test(`nothing is broken, and nothing unknown, where all is well: ${family}`, async t => {
		const hops = (await hopsOf(family)).filter(({state}) => state !== 'ok');
		// The address of this Service is of one family alone.
		t.deepEqual(
			hops.filter(({layer}) => family === 'ipv4' || layer !== 'api').map(({layer, state, evidence}) => [layer, state, evidence]),
			[],
		);
	});
