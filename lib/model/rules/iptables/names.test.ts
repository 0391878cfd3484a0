import test from 'ava';
import {servicePort, kept} from '../../fixtures/objects.ts';
import {chainNames, isPortChain} from './names.ts';

test('names are those of kube-proxy', t => {
	// TestOverallIPTablesRules of pkg/proxy/iptables/proxier_test.go, and a recorded node for the port without a name.
	const {cluster, local, external, firewall, endpoint} = chainNames(servicePort());
	t.deepEqual(
		[cluster, local, external, firewall],
		['SVC', 'SVL', 'EXT', 'FW'].map(kind => `KUBE-${kind}-XPGD46QRK7WJZT7O`),
	);
	t.is(endpoint(kept('10.180.0.1')), 'KUBE-SEP-SXIVWICOYRO3J4NJ');
	t.is(chainNames(servicePort({namespace: 'default', service: 'kubernetes', portName: 'https'})).cluster, 'KUBE-SVC-NPX46M4PTMTKRN6Y');
	t.is(chainNames(servicePort({namespace: 'shop', service: 'web-2', portName: ''})).cluster, 'KUBE-SVC-XJ5QIZKCDDHVMG5E');
	t.is(
		chainNames(servicePort({namespace: 'kube-system', service: 'kube-dns', portName: 'dns', protocol: 'UDP'})).cluster,
		'KUBE-SVC-TCOU7JCQXEZGVUNU',
	);
});

for (const [name, expected] of [
	['KUBE-SVC-XPGD46QRK7WJZT7O', true],
	['KUBE-XLB-XPGD46QRK7WJZT7O', true],
	['KUBE-SERVICES', false],
	['KUBE-SVC-XPGD46QRK7WJZT7', false],
	['KUBE-SVC-XPGD46QRK7WJZT71', false],
	['KUBE-KUBELET-CANARY', false],
	['KUBE-POD-FW-XPGD46QRK7WJZT7O', false],
	['CNI-KUBE-SVC-XPGD46QRK7WJZT7O', false],
] as const)
	test(`${name} is ${expected ? '' : 'not '}a chain of a Service`, t => {
		t.is(isPortChain(name), expected);
	});
