import test from 'ava';
import {parse} from 'yaml';
import {k3dConfig} from './config.ts';

type Config = {
	readonly metadata: {readonly name: string};
	readonly options: {
		readonly k3d: Readonly<Record<string, unknown>>;
		readonly k3s: {readonly extraArgs: readonly {readonly arg: string; readonly nodeFilters: readonly string[]}[]};
		readonly kubeconfig: Readonly<Record<string, unknown>>;
		readonly runtime: {readonly labels: readonly {readonly label: string}[]};
	};
};

test("k3d's configuration of a target", t => {
	const {options, ...rest} = parse(k3dConfig({mode: 'nftables', workers: 2}, 'k3f9a', 'k3s:x')) as Config;
	t.like(rest, {
		metadata: {name: 'vipcheck-k3f9a'},
		servers: 1,
		agents: 2,
		image: 'k3s:x',
		kubeAPI: {hostIP: '127.0.0.1'},
	});
	t.like(options.k3d, {disableLoadbalancer: true, disableRollback: true});
	t.deepEqual(options.k3s.extraArgs, [
		{arg: '--kube-proxy-arg=proxy-mode=nftables', nodeFilters: ['server:*', 'agent:*']},
		{arg: '--disable=traefik', nodeFilters: ['server:*']},
		{arg: '--disable=servicelb', nodeFilters: ['server:*']},
	]);
	t.deepEqual(options.kubeconfig, {updateDefaultKubeconfig: false, switchCurrentContext: false});
	t.is(options.runtime.labels[0]?.label, 'vipcheck.cluster=k3f9a');
});
