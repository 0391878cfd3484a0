import {parseIpvsadmSave, type IpvsDump} from './ipvsadm-save.ts';

const FLAGS: Readonly<Record<string, string>> = {TCP: '-t', UDP: '-u', SCTP: '--sctp-service'};
const WAYS: Readonly<Record<string, string>> = {Masq: '-m', Tunnel: '-i', Route: '-g', Local: '-m'};
const HEADINGS = /^(?:IP Virtual Server version |Prot LocalAddress:Port |\s+-> RemoteAddress:Port )/;
const SERVICE = /^(?<protocol>TCP|UDP|SCTP)\s+(?<at>\S+)\s+(?<scheduler>\S+)(?<flags>.*)$/;
const DESTINATION = /^\s+->\s+(?<at>\S+)\s+(?<way>Masq|Tunnel|Route|Local)\s+(?<weight>\d+)\s/;

/**
 * `persistent 10800 mask 255.255.255.0`, `ops`, `(sh-port)` as options of ipvsadm; what is not known is left in, and makes the line a
 * remainder.
 */
const optionsOf = (flags: string): string =>
	flags
		.replace(/\bpersistent (\d+)/, '-p $1')
		.replace(/\bmask (\S+)/, '-M $1')
		.replace(/\bops\b/, '-o')
		.replace(/\(([^)]+)\)/, '-b $1');

/** Reads the text of `ipvsadm -Ln`: the same as `ipvsadm-save -n`. Total: other lines, firewall marks among them, are in `remainder`. */
export const parseIpvsadmList = (text: string): IpvsDump => {
	let service = '';
	const saved = text.split('\n').map(line => {
		if (HEADINGS.test(line)) return '';
		const found = SERVICE.exec(line)?.groups;
		if (found) {
			service = `${FLAGS[found['protocol'] ?? '']} ${found['at']}`;
			return `-A ${service} -s ${found['scheduler']} ${optionsOf(found['flags'] ?? '')}`;
		}

		const to = DESTINATION.exec(line)?.groups;
		return to ? `-a ${service} -r ${to['at']} ${WAYS[to['way'] ?? '']} -w ${to['weight']}` : line;
	});
	return parseIpvsadmSave(saved.join('\n'));
};
