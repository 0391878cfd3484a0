import {readFileSync} from 'node:fs';
import {isDeepStrictEqual} from 'node:util';
import {parseConntrack} from '../../lib/facts/parse/conntrack.ts';
import {parseAddresses, parseLinks, parseNeighbours, parseRoutes} from '../../lib/facts/parse/ip-json.ts';
import {parseIpsetSave} from '../../lib/facts/parse/ipset-save.ts';
import {parseIptablesSave} from '../../lib/facts/parse/iptables-save.ts';
import {parseIpvsadmSave} from '../../lib/facts/parse/ipvsadm-save.ts';
import {parseMetrics} from '../../lib/facts/parse/metrics.ts';
import {parseNft} from '../../lib/facts/parse/nft.ts';
import type {Remainder} from '../../lib/facts/parse/remainder.ts';
import {renderIpset, renderIptables, renderIpvs} from '../../lib/facts/parse/render.ts';
import {parsePs} from '../../lib/facts/parse/ps.ts';
import {parseSs} from '../../lib/facts/parse/ss.ts';
import {parseSysctls} from '../../lib/facts/parse/sysctls.ts';

/** What a parser made of a text, in the three views that must hold together. */
type Made = {
	readonly remainder: readonly Remainder[];
	/** How many lines became data; undefined for JSON. */
	readonly understood?: number;
	/** The text again, from the data alone. */
	readonly rendered?: string;
};

export type Subject = {
	readonly name: string;
	readonly fixtures: readonly string[];
	readonly make: (text: string) => Made;
	/** Lines that hold no data of their own. */ readonly passOver?: RegExp;
};

const iptables = (family: 'ipv4' | 'ipv6', fixtures: readonly string[]): Subject => ({
	name: `iptables-save ${family}`,
	fixtures,
	passOver: /^(#|\*|COMMIT\s*$)/,
	make(text) {
		const dump = parseIptablesSave(text, family);
		const chains = [...dump.tables.values()].flatMap(table => [...table.chains.values()]);
		return {
			remainder: dump.remainder,
			understood: chains.length + chains.flatMap(({rules}) => rules).length,
			rendered: renderIptables(dump),
		};
	},
});

export const SUBJECTS: readonly Subject[] = [
	iptables('ipv4', ['iptables-save.txt', 'iptables-odd-nft.txt', 'iptables-odd-legacy.txt', 'iptables-odd-counters.txt']),
	iptables('ipv6', ['ip6tables-save.txt', 'ip6tables-odd.txt']),
	{name: 'nft', fixtures: ['nft.json', 'nft-odd.json'], make: text => ({remainder: parseNft(text).remainder})},
	{
		name: 'ipset',
		fixtures: ['ipset-save.txt'],
		make(text) {
			const dump = parseIpsetSave(text);
			return {
				remainder: dump.remainder,
				understood: [...dump.sets.values()].flatMap(set => [set, ...set.entries]).length,
				rendered: renderIpset(dump),
			};
		},
	},
	{
		name: 'ipvsadm',
		fixtures: ['ipvsadm-save.txt'],
		make(text) {
			const dump = parseIpvsadmSave(text);
			return {
				remainder: dump.remainder,
				understood: dump.services.flatMap(service => [service, ...service.destinations]).length,
				rendered: renderIpvs(dump),
			};
		},
	},
	{
		name: 'conntrack',
		fixtures: ['conntrack.txt'],
		make: text => {
			const {entries, remainder} = parseConntrack(text);
			return {remainder, understood: entries.length};
		},
	},
	{
		name: 'ss',
		fixtures: ['ss.txt'],
		make: text => {
			const {listeners, remainder} = parseSs(text);
			return {remainder, understood: listeners.length};
		},
	},
	{
		name: 'ps',
		fixtures: ['ps.txt'],
		passOver: /^\s*PID\s+STAT\s+COMMAND\s*$/,
		make: text => {
			const {processes, remainder} = parsePs(text);
			return {remainder, understood: processes.length};
		},
	},
	{
		name: 'sysctls',
		fixtures: ['sysctls.txt'],
		make: text => {
			const {values, remainder} = parseSysctls(text);
			return {remainder, understood: values.size};
		},
	},
	{
		name: 'metrics',
		fixtures: ['metrics.txt'],
		passOver: /^#/,
		make: text => {
			const {samples, remainder} = parseMetrics(text);
			return {remainder, understood: samples.length};
		},
	},
	...[
		{name: 'link', parse: parseLinks},
		{name: 'addr', parse: parseAddresses},
		{name: 'route', parse: parseRoutes},
		{name: 'neigh', parse: parseNeighbours},
	].map(({name, parse}) => ({
		name: `ip ${name}`,
		fixtures: [`ip-${name}.json`],
		make: (text: string) => ({remainder: parse(text).remainder}),
	})),
];

export const fixture = (name: string): string => readFileSync(new URL(`../../lib/facts/parse/fixtures/${name}`, import.meta.url), 'utf8');

/** Says what is wrong with what a parser makes of a text; undefined: nothing. */
export const fault = ({make, passOver}: Subject, text: string): string | undefined => {
	let made: Made;
	try {
		made = make(text);
	} catch (error) {
		return `throws ${String(error)}`;
	}
	if (made.understood !== undefined) {
		const lines = text.split('\n').flatMap((line, index) => (line.trim() === '' || passOver?.test(line) ? [] : [index + 1]));
		const odd = new Set(made.remainder.map(({line}) => line));
		const left = lines.filter(line => odd.has(line)).length;
		if (made.understood + left !== lines.length)
			return `${lines.length} lines, but ${made.understood} were understood and ${left} are in the remainder`;
	}
	if (made.rendered !== undefined) {
		const again = make(made.rendered);
		if (again.remainder.length > 0) return `what was rendered is not understood: ${JSON.stringify(again.remainder[0])}`;
		if (!isDeepStrictEqual(again.rendered, made.rendered)) return 'parsing what was rendered gives something else';
	}
	return undefined;
};
