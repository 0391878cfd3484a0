import test from 'ava';
import {FORGERIES, withForged} from './corefile.ts';

const record = (data: string, type = 'A') => ({name: 'web.shop.svc.cluster.local', type, ttl: 30, data});
const dataOf = (records: readonly {data: string}[]) => records.map(({data}) => data);

for (const [forgery, records, expected] of [
	['wrong', [record('10.0.0.1'), record('10.0.0.2')], ['192.0.2.1', '10.0.0.2']],
	['missing', [record('10.0.0.1'), record('10.0.0.2')], ['10.0.0.2']],
	['extra', [record('10.0.0.1'), record('10.0.0.2')], ['10.0.0.1', '10.0.0.2', '192.0.2.1']],
	['wrong', [record('0 100 80 web', 'SRV')], ['0 100 81 web']],
	['wrong', [record('web.shop.svc.cluster.local', 'CNAME')], ['nobody.invalid']],
	['missing', [record('0 100 80 web', 'SRV')], []],
	['extra', [record('0 100 80 web', 'SRV')], ['0 100 80 web', '0 100 81 web']],
] as const)
	test(`${forgery}: ${dataOf(records).join(', ')}`, t => t.deepEqual(dataOf(FORGERIES[forgery](records)), expected));

const COREFILE = '# ours\n.:53 {\n    errors\n    kubernetes cluster.local\n}\nexample.org:53 {\n    forward . 1.1.1.1\n}\n';

test('forged answers go first into the first server block; the rest stays', t => {
	const name = 'web.shop.svc.cluster.local';
	t.is(
		withForged(COREFILE, [
			{name, type: 'SRV', answers: [record('0 100 81 web.shop.svc.cluster.local', 'SRV')], additionals: [record('10.0.0.1')]},
		]),
		`# ours
.:53 {
    template IN SRV web.shop.svc.cluster.local. {
        match "^web[.]shop[.]svc[.]cluster[.]local[.]$"
        answer "web.shop.svc.cluster.local. 30 IN SRV 0 100 81 web.shop.svc.cluster.local."
        additional "web.shop.svc.cluster.local. 30 IN A 10.0.0.1"
        rcode NOERROR
        fallthrough
    }
    errors
    kubernetes cluster.local
}
example.org:53 {
    forward . 1.1.1.1
}
`,
	);
	t.throws(() => withForged('# nothing\n', []), {message: 'the Corefile has no server block: "# nothing\\n"'});
});
