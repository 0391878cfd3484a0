import test from 'ava';
import {parseIpsetSave} from '../../facts/parse/ipset-save.ts';
import type {Packet} from '../../model/verdict.ts';
import {dumpOf, from, HERE, NODE_IP, OUTSIDE, POD, VIP} from '../fixtures/small.ts';
import type {TraceNode} from '../place.ts';
import {traceIptables} from '../trace.ts';

const TO_VIP = from(POD, `${VIP}:80`);
const IPSET = parseIpsetSave(
	[
		'create ips hash:ip family inet',
		`add ips ${POD}`,
		'create nets hash:net family inet',
		'add nets 10.0.0.0/24',
		'add nets 10.0.0.2/32 nomatch',
		'create services hash:ip,port family inet',
		`add services ${VIP},tcp:80`,
		'create loops hash:ip,port,ip family inet',
		`add loops ${VIP},tcp:80,${POD}`,
		'create ports bitmap:port range 0-65535',
		'add ports 80',
		'create both list:set size 8',
		'add both nets',
		'add both ips',
		'create devices hash:net,iface family inet',
		'add devices 10.0.0.0/24,cni0',
		'create macs hash:mac',
		'add macs 01:02:03:04:05:06',
		'create sports hash:ip,port family inet',
		`add sports ${POD},tcp:5555`,
		'',
	].join('\n'),
);

/** A condition, whether it holds for the packet; `?`: it cannot be told. By default TCP from a pod to a VIP, asked in nat PREROUTING. */
const ROWS: ReadonlyArray<readonly [condition: string, holds: boolean | '?', packet?: Packet]> = [
	[`-d ${VIP}/32`, true],
	[`! -d ${VIP}/32`, false],
	['-s 10.0.0.0/8', true],
	['-s 10.0.0.0/255.255.255.0', true],
	['! -s 10.0.0.0/8', false],
	['-s fd00::/8', false],
	['-s 10.0.0.0/255.0.255.0', '?'],
	['-p tcp', true],
	['-p udp', false],
	['! -p tcp', false],
	['-p 6', true],
	['-p all', true],
	['-p icmp', false],
	['-i cni0', true],
	['-i cni+', true],
	['-i eth0', false],
	['! -i eth+', true],
	['-i eth0', true, from(OUTSIDE, `${VIP}:80`)],
	['-p tcp -m tcp --dport 80', true],
	['-p tcp -m tcp --dport 81', false],
	['-p tcp -m tcp ! --dport 80', false],
	['-p tcp -m tcp --dport 80:90', true],
	['-p tcp -m tcp --dport :79', false],
	['-p udp -m udp --dport 80', true, from(POD, `${VIP}:80`, 'UDP')],
	['-p sctp -m sctp --dport 80', true, from(POD, `${VIP}:80`, 'SCTP')],
	['-m udp --dport 80', false],
	['-p tcp -m tcp --sport 1024:65535', true],
	['-p tcp -m tcp --sport 5000', '?'],
	['-p udp -m udp --sport 5000', false],
	['-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN', true],
	['-p tcp -m tcp --tcp-flags ALL NONE', false],
	['-p tcp -m tcp ! --syn', false],
	['-p tcp -m multiport --dports 22,80:90', true],
	['-p tcp -m multiport --dports 22,443', false],
	['-p tcp -m multiport ! --dports 80', false],
	['-p tcp -m multiport --ports 80', true],
	['-p tcp -m multiport --sports 80', '?'],
	['-m addrtype --dst-type LOCAL', false],
	['-m addrtype ! --dst-type LOCAL', true],
	['-m addrtype --dst-type LOCAL', true, from(POD, `${NODE_IP}:80`)],
	['-m addrtype --dst-type LOCAL,BROADCAST', true, from(POD, '10.0.0.255:80')],
	['-m addrtype --dst-type MULTICAST', true, from(POD, '224.0.0.1:80')],
	['-m addrtype --src-type UNICAST', true],
	['-m addrtype --dst-type LOCAL --limit-iface-in', false],
	['-m addrtype --dst-type LOCAL --limit-iface-in', '?', from(POD, `${NODE_IP}:80`)],
	['-m mark --mark 0x0', true],
	['-m mark --mark 0x4000/0x4000', false],
	['-m mark ! --mark 0x4000/0x4000', true],
	['-m connmark --mark 0x0', true],
	['-m mark --mark odd', '?'],
	['-m conntrack --ctstate NEW', true],
	['-m conntrack --ctstate RELATED,ESTABLISHED', false],
	['-m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT', true],
	['-m conntrack --ctstate INVALID', false],
	['-m state --state NEW', true],
	['-m conntrack --ctdir ORIGINAL', true],
	[`-m conntrack --ctorigdst ${VIP}/32 --ctorigdstport 80`, true],
	['-m conntrack --ctorigdstport 81', false],
	['-m conntrack --ctproto 6', true],
	['-m conntrack --ctexpire 5', '?'],
	['-m recent --rcheck --seconds 5 --reap --name A --mask 255.255.255.255 --rsource', false],
	['-m recent ! --rcheck --name A --rsource', true],
	['-m recent --set --name A --rsource', true],
	['-m recent --rcheck --name A --rdest', '?'],
	['-m nfacct --nfacct-name  x', true],
	['-m comment --comment "-j DROP"', true],
	['-m comment --comment x -m comment --comment y -d 1.2.3.4/32', false],
	['-m physdev --physdev-is-bridged', false],
	['-m physdev ! --physdev-is-bridged', true],
	['-m physdev --physdev-in veth0', '?'],
	['-m pkttype --pkt-type broadcast', false],
	['-m iprange --src-range 10.0.0.1-10.0.0.9', true],
	['-m iprange ! --dst-range 172.30.0.0-172.30.0.40', true],
	['-f', false],
	['-m set --match-set ips src', true],
	['-m set ! --match-set ips src', false],
	['-m set --match-set ips dst', false],
	['-m set --match-set nets src', false],
	['-m set --match-set nets src', true, from('10.0.0.3', `${VIP}:80`)],
	['-m set --match-set services dst,dst', true],
	['-m set --match-set services dst,dst', false, from(POD, `${VIP}:80`, 'UDP')],
	['-m set --match-set loops dst,dst,src', true],
	['-m set --match-set loops dst,dst,src', false, from('10.0.0.3', `${VIP}:80`)],
	['-m set --match-set ports dst', true],
	['-m set --match-set ports dst', false, from(POD, `${VIP}:81`)],
	['-m set --match-set both src', true],
	['-m set --match-set devices src,src', true],
	['-m set --match-set devices src,dst', false],
	['-m set --match-set nothing src', '?'],
	['-m set --match-set macs src', '?'],
	['-m set --match-set sports src,src', '?'],
	['-m set --match-set sports src,src', false, from('10.0.0.3', `${VIP}:80`)],
	['-m set --match-set ips src --packets-gt 5', '?'],
	['-m u32 --u32 "0x6&0xff=0x1"', '?'],
	['-m u32 --u32 "0x6&0xff=0x1" -p udp', false],
	['-m statistic --mode odd', '?'],
	['-m constructor --x y', '?'],
];

for (const [condition, holds, packet = TO_VIP] of ROWS) {
	const {from: sender, source, destination, port, protocol} = packet;
	test(`${condition} ${sender} ${source} to ${destination}:${port} ${protocol}: ${holds}`, t => {
		const verdict = traceIptables(
			dumpOf({nat: [`-A PREROUTING ${condition} -j DNAT --to-destination 10.0.0.9:8080`]}),
			HERE,
			packet,
			IPSET,
		);
		t.is(verdict.kind === 'unknown' ? '?' : verdict.kind === 'backends', holds, verdict.because);
	});
}

const BRIDGED: TraceNode = {...HERE, bridges: ['cni0'], seesBridged: {ipv4: true, ipv6: false}};
for (const [condition, place, packet, holds] of [
	['--physdev-is-in', BRIDGED, TO_VIP, true],
	['! --physdev-is-in', BRIDGED, TO_VIP, false],
	['! --physdev-is-in', BRIDGED, from(OUTSIDE, `${VIP}:80`), true],
	['--physdev-is-in', {...BRIDGED, seesBridged: {ipv4: false}}, TO_VIP, false],
	['--physdev-is-in', {...BRIDGED, seesBridged: {}}, TO_VIP, '?'],
	['--physdev-in veth0', BRIDGED, TO_VIP, '?'],
	['--physdev-in veth0', BRIDGED, from(OUTSIDE, `${VIP}:80`), false],
	['--physdev-is-out', BRIDGED, from(OUTSIDE, `${VIP}:80`), '?'],
	['--physdev-is-in', {...HERE, bridges: []}, TO_VIP, false],
	['--physdev-is-in', HERE, TO_VIP, '?'],
] as const)
	test(`-m physdev ${condition}, ${JSON.stringify(place.bridges)} ${JSON.stringify(place.seesBridged)}, from ${packet.source}: ${holds}`, t => {
		const dump = dumpOf({nat: [`-A PREROUTING -m physdev ${condition} -j DNAT --to-destination 10.0.0.9:8080`]});
		const verdict = traceIptables(dump, place, packet, IPSET);
		t.is(verdict.kind === 'unknown' ? '?' : verdict.kind === 'backends', holds, verdict.because);
	});

test('without what ipset says a match of sets is not known', t => {
	const dump = dumpOf({filter: ['-A FORWARD -m set --match-set ips src -j DROP']});
	t.deepEqual(traceIptables(dump, HERE, TO_VIP), {
		kind: 'unknown',
		because: 'what the ipset ips holds is not known, at filter FORWARD: -A FORWARD -m set --match-set ips src -j DROP',
	});
	t.is(traceIptables(dump, HERE, TO_VIP, IPSET).kind, 'dropped');
});

test("without routes interfaces are not known, except that the node's own packets come in by none", t => {
	const dump = dumpOf({
		nat: ['-A PREROUTING -i eth0 -j DNAT --to-destination 10.0.0.9:80', '-A OUTPUT ! -o lo -j DNAT --to-destination 10.0.0.9:80'],
		mangle: ['-A OUTPUT ! -i eth0 -j DROP'],
	});
	t.is(traceIptables(dump, {addresses: [NODE_IP]}, TO_VIP).kind, 'unknown');
	t.is(traceIptables(dump, {addresses: [NODE_IP]}, from(NODE_IP, `${VIP}:80`)).kind, 'dropped');
});

test('a match that is not known does not count where nothing depends on it', t => {
	t.is(
		traceIptables(
			dumpOf({filter: ['-A FORWARD -m limit --limit 5/sec -j LOG --log-prefix x', '-A FORWARD -m u32 --u32 "0=1"']}),
			HERE,
			TO_VIP,
		).kind,
		'leaves',
	);
});
