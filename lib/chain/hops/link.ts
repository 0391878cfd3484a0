import {broken, hopOf, notUnderstood, unknown, type Hop} from '../chain.ts';
import type {ChainFacts} from '../facts.ts';

const HOP = {name: 'the interface of each node is up', layer: 'link'} as const;

/** The interface that has the node's address, up and with a carrier. */
export const linkHop = ({nodes}: Pick<ChainFacts, 'nodes'>): Hop =>
	hopOf(
		HOP,
		nodes.flatMap(({name, ip, facts: {addresses, links}}) => {
			if (!addresses.ok || !links.ok) return [unknown(`${name}: its interfaces are not known`)];
			const odd = [
				...notUnderstood(`${name}: ${addresses.source}`, addresses.value),
				...notUnderstood(`${name}: ${links.source}`, links.value),
			];
			if (odd.length > 0) return odd;
			const device = addresses.value.items.find(({address}) => address === ip)?.device;
			if (device === undefined) return [broken(`no interface of ${name} has its address ${ip}`)];
			const link = links.value.items.find(one => one.name === device);
			if (!link || (link.up && !['DOWN', 'LOWERLAYERDOWN', 'NOTPRESENT'].includes(link.state))) return [];
			return [broken(`${device} of ${name}, which has ${ip}, is ${link.up ? `up but without a carrier (${link.state})` : 'down'}`)];
		}),
		nodes.map(({name, ip}) => `${name} ${ip}`),
	);
