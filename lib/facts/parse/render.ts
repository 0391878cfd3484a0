import type {IpsetDump, IpsetOptions} from './ipset-save.ts';
import type {IptablesMatch, IptablesOption, IptablesRule} from './iptables-rule.ts';
import type {IptablesDump} from './iptables-save.ts';
import type {IpvsDump, IpvsService} from './ipvsadm-save.ts';

/** Writes what was parsed as the tool writes it: shows that nothing was lost on the way. Without comment lines and headers. */

const BUILT_IN: Readonly<Record<string, string>> = {
	source: '-s',
	destination: '-d',
	protocol: '-p',
	'in-interface': '-i',
	'out-interface': '-o',
	fragment: '-f',
};

/** Options whose value xtables_save_string prints: in quotes unless it is a plain word. */
const TEXTS = ['comment', 'log-prefix', 'nflog-prefix', 'string', 'hex-string', 'u32', 'bytecode'];

const quoted = (text: string): string => `"${text.replaceAll(/["'\\]/g, String.raw`\$&`)}"`;

/** What would be read as something else without quotes is in quotes. */
const wordText = (text: string, plain = /^(?!-+[a-z]|!$)[^\s"]+$/i): string => (plain.test(text) ? text : quoted(text));

const optionText = ({option, negated, values}: IptablesOption, name = `--${option}`): string =>
	[...(negated ? ['!'] : []), name, ...values.map(value => wordText(value, TEXTS.includes(option) ? /^\w[\w-]*$/ : undefined))].join(' ');

const matchTexts = (matches: readonly IptablesMatch[]): readonly string[] =>
	matches.flatMap((match, index) => {
		if (match.instance === 0) return [optionText(match, BUILT_IN[match.option])];
		const begins = !matches.slice(0, index).some(({instance}) => instance === match.instance);
		return [...(begins ? [`-m ${wordText(match.module)}`] : []), ...(match.option === '' ? [] : [optionText(match)])];
	});

/** One rule as iptables-save prints it, made from its parts alone. */
const renderRule = ({chain, matches, target, goto, targetOptions}: Omit<IptablesRule, 'text'>): string =>
	[
		`-A ${chain}`,
		...matchTexts(matches),
		...(target === undefined ? [] : [`${goto ? '-g' : '-j'} ${wordText(target)}`]),
		...targetOptions.map(one => optionText(one)),
	].join(' ');

const counters = (of: {readonly counters?: {readonly packets: number; readonly bytes: number}}, before: string, after: string): string =>
	of.counters ? `${before}[${of.counters.packets}:${of.counters.bytes}]${after}` : '';

export const renderIptables = ({tables}: IptablesDump): string =>
	[...tables.values()]
		.flatMap(({name, chains}) => [
			`*${name}`,
			...[...chains.values()].map(chain => `:${chain.name} ${chain.policy ?? '-'}${counters(chain, ' ', '')}`),
			...[...chains.values()]
				.flatMap(({rules}) => rules)
				.toSorted((a, b) => a.line - b.line)
				.map(rule => `${counters(rule, '', ' ')}${renderRule(rule)}`),
			'COMMIT',
		])
		.map(line => `${line}\n`)
		.join('');

const options = (of: IpsetOptions): string =>
	Object.entries(of)
		.map(([name, value]) => (value === '' ? ` ${name}` : ` ${name} ${name === 'comment' ? `"${value}"` : value}`))
		.join('');

export const renderIpset = ({sets}: IpsetDump): string =>
	[...sets.values()]
		.flatMap(set => [
			{line: set.line, text: `create ${set.name} ${set.type}${options(set.options)}\n`},
			...set.entries.map(({line, value, options: own}) => ({line, text: `add ${set.name} ${value}${options(own)}\n`})),
		])
		.toSorted((a, b) => a.line - b.line)
		.map(({text}) => text)
		.join('');

const FLAG = {TCP: '-t', UDP: '-u', SCTP: '--sctp-service'} as const;
const WAY = {masquerading: '-m', tunnel: '-i', route: '-g'} as const;
const at = (address: string, port: number): string => (address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`);

const serviceText = ({scheduler, persistentSeconds, persistentMask, onePacket, schedulerFlags}: IpvsService, name: string): string =>
	[
		`-A ${name} -s ${scheduler}`,
		...(persistentSeconds === undefined ? [] : [`-p ${persistentSeconds}`]),
		...(persistentMask === undefined ? [] : [`-M ${persistentMask}`]),
		...(onePacket ? ['-o'] : []),
		...(schedulerFlags.length === 0 ? [] : [`-b ${schedulerFlags.join(',')}`]),
	].join(' ');

export const renderIpvs = ({services}: IpvsDump): string =>
	services
		.flatMap(service => {
			const name = `${FLAG[service.protocol]} ${at(service.address, service.port)}`;
			return [
				serviceText(service, name),
				...service.destinations.map(
					({address, port, forwarding, weight}) => `-a ${name} -r ${at(address, port)} ${WAY[forwarding]} -w ${weight}`,
				),
			];
		})
		.map(line => `${line}\n`)
		.join('');
