import test from 'ava';
import {TransportError} from '../shell/shell.ts';
import {agreedMode} from './cluster-facts.ts';

const modes = (...said: readonly (string | undefined)[]) => said.map((mode, index) => ({node: `worker-${index + 1}`, mode}));

test('the mode is what the kube-proxies say that say anything: one that hangs does not keep the checks from running', t => {
	t.is(agreedMode(modes('iptables', undefined, 'iptables')), 'iptables');
	t.is(agreedMode(modes('iptables', 'nftables')), 'iptables and nftables');
});

test('no kube-proxy that answers: the nodes are named', t => {
	t.throws(() => agreedMode(modes(undefined, undefined)), {instanceOf: TransportError, message: /worker-1, worker-2/});
});
