import type {Scene, Way} from '../../../lib/record/drawn.ts';
import type {ClusterFacts} from '../../../lib/record/surroundings.ts';
import type {Html} from '../markup.ts';
import {h} from '../markup.ts';

type Drawn = {
	readonly facts: ClusterFacts;
	readonly scene?: Scene | undefined;
	readonly ways?: readonly Way[];
	/** Nodes that the evidence points at. */
	readonly nodes?: readonly string[];
	/** The first broken layer; nodes and pods that its detail names are where it is. */
	readonly layer?: {readonly name: string; readonly detail: string} | undefined;
};

const [BOX, GAP, EDGE, LINE, PAD] = [196, 28, 12, 17, 10];
/** Of one node; a node with more says how many. */
const MOST_PODS = 6;
const MOST_ADDRESSES = 8;
const MOST_WAYS = 8;
const COLUMNS = 4;
/** As large as its letters read well beside the page's text, where there is room. */
const ENLARGED = 1.35;
/** Letters of a line of a box. */
const LETTERS = 27;

/** The end of a pod's name tells it from its siblings. */
const short = (text: string, most = LETTERS): string => {
	const letters = [...text];
	const end = Math.floor((most - 1) / 2);
	return letters.length <= most ? text : `${letters.slice(0, most - 1 - end).join('')}…${letters.slice(-end).join('')}`;
};

type Pod = {readonly text: string; readonly isOff: boolean};

type Box = {
	readonly name: string;
	readonly lines: readonly string[];
	readonly pods: readonly Pod[];
	readonly x: number;
	readonly y: number;
	readonly height: number;
};

const linesOf = (node: ClusterFacts['nodes'][number]): readonly string[] => [(node.ips ?? []).join(' '), node.role].filter(Boolean);

/** A line of a box: the address whole where it leaves room for the name. */
const podText = ({name, ip}: {readonly name: string; readonly ip: string}): string => {
	const address = short(ip, 15);
	return `${short(name, LETTERS - 2 - [...address].length)} ${address}`;
};

const podsOn = ({facts, scene, layer}: Drawn, name: string): readonly Pod[] => {
	const own = (scene?.pods ?? []).filter(({node}) => node === name);
	const others = scene ? [] : (facts.nodes.find(node => node.name === name)?.pods ?? []);
	const all = [...own, ...others].map(pod => ({text: podText(pod), isOff: layer?.detail.includes(pod.name) ?? false}));
	if (all.length <= MOST_PODS) return all;
	return [...all.slice(0, MOST_PODS - 1), {text: `and ${all.length - MOST_PODS + 1} more pods`, isOff: false}];
};

const heightOf = (lines: number, pods: number): number => 2 * PAD + LINE * (1 + lines) + (pods > 0 ? 6 + pods * (LINE + 3) : 0) + 26;

/** The boxes in rows, each row as high as its highest; `top`: where they begin. */
const boxesOf = (drawn: Drawn, top: number): readonly Box[] => {
	const plain = drawn.facts.nodes.map(node => ({name: node.name, lines: linesOf(node), pods: podsOn(drawn, node.name)}));
	let y = top;
	return plain.flatMap((_, n) => {
		if (n % COLUMNS !== 0) return [];
		const row = plain.slice(n, n + COLUMNS);
		const height = Math.max(...row.map(({lines, pods}) => heightOf(lines.length, pods.length)));
		const placed = row.map((box, column) => ({...box, x: EDGE + column * (BOX + GAP), y, height}));
		y += height + GAP + 12;
		return placed;
	});
};

/** What the strip of a node says: the layer where it is broken, else that ways went wrong there. */
const hitOf = ({nodes = [], layer}: Drawn, name: string): string | undefined => {
	if (!nodes.includes(name)) return undefined;
	const named = nodes.filter(node => new RegExp(`\\b${RegExp.escape(node)}(?![\\w-])`).test(layer?.detail ?? ''));
	return layer && (named.length === 0 || named.includes(name)) ? layer.name : 'seen here';
};

const boxOf = (box: Box, mode: string, layer: string | undefined): Html => h`<g class="node${layer === undefined ? '' : ' hit'}">
<rect x="${box.x}" y="${box.y}" width="${BOX}" height="${box.height}" rx="5"/>
<text x="${box.x + PAD}" y="${box.y + PAD + 11}" class="name">${short(box.name)}</text>
${box.lines.map(
	(line, n) => h`<text x="${box.x + PAD}" y="${box.y + PAD + 11 + LINE * (n + 1)}" class="small">${short(line, LETTERS + 6)}</text>`,
)}
${box.pods.map((pod, n) => {
	const y = box.y + PAD + LINE * (1 + box.lines.length) + 6 + n * (LINE + 3);
	return h`<rect class="pod${pod.isOff ? ' off' : ''}" x="${box.x + 6}" y="${y}" width="${BOX - 12}" height="${LINE}" rx="8"/>
<text x="${box.x + PAD + 2}" y="${y + 12}" class="small">${pod.text}</text>`;
})}
<path class="rules" d="M${box.x} ${box.y + box.height - 24}h${BOX}"/>
<text x="${box.x + PAD}" y="${box.y + box.height - 8}" class="small strip">${layer === undefined ? `rules: ${mode}` : `✗ ${layer}`}</text>
</g>`;

/** Which box a place's name means: the longest name of a node in it; undefined: none, so it is outside. */
const boxNamed = (boxes: readonly Box[], place: string): Box | undefined =>
	boxes.filter(({name}) => place.includes(name)).toSorted((a, b) => b.name.length - a.name.length)[0];

/** A way from its sender to the node whose rules decided: an arc below the boxes, or a loop at one. */
const arc = (from: {readonly x: number; readonly y: number}, to: Box): string => {
	const [endX, endY] = [to.x + BOX / 2, to.y + to.height];
	// From below (the host outside) it goes up, from a box it dips.
	const bend = from.y > endY ? from.y - 26 : from.y + 34;
	return `M${from.x} ${from.y}C${from.x} ${bend} ${endX} ${endY + 34} ${endX} ${endY + 3}`;
};

const tip = ({x, y, height}: Box): string => `M${x + BOX / 2 - 5} ${y + height + 10}l5 -8l5 8z`;

const waysOf = (ways: readonly Way[], boxes: readonly Box[], outside: {readonly x: number; readonly y: number}): readonly Html[] => {
	const pairs = new Map(ways.map(({from, node}) => [`${boxNamed(boxes, from)?.name}>${node}`, {from, node}]));
	return [...pairs.values()].flatMap(({from, node}) => {
		const [source, target] = [boxNamed(boxes, from), boxNamed(boxes, node)];
		if (!target) return [];
		const start = source ? {x: source.x + BOX / 2 - (source === target ? 46 : 0), y: source.y + source.height} : outside;
		return [h`<path class="way" d="${arc(start, target)}"/><path class="tip" d="${tip(target)}"/>`];
	});
};

const spoken = ({facts, nodes = [], layer, ways = []}: Drawn): string =>
	[
		`${facts.nodes.length} nodes: ${facts.nodes.map(({name, ips = []}) => [name, ...ips].join(' ')).join(', ')}`,
		...(nodes.length > 0 ? [`broken${layer === undefined ? '' : ` (${layer.name})`} on ${nodes.join(', ')}`] : []),
		...(ways.length > 0 ? [`${ways.length} ways go wrong`] : []),
	].join('; ');

/** The same ways in words. */
const wayList = (ways: readonly Way[]): Html =>
	h`<ul class="ways">${ways.slice(0, MOST_WAYS).map(({from, node, to, wrong}) => {
		const rules = node === from ? '' : h`rules of <code>${node}</code> → `;
		return h`<li><code>${from}</code> → ${rules}<code>${to}</code> <span>✗ ${wrong}</span></li>`;
	})}${ways.length > MOST_WAYS && h`<li class="muted">and ${ways.length - MOST_WAYS} more ways</li>`}</ul>`;

const outsideBox = ({x, y}: {readonly x: number; readonly y: number}, ip: string | undefined): Html =>
	h`<g class="node outside"><rect x="${x}" y="${y}" width="150" height="30" rx="5"/>
<text x="${x + PAD}" y="${y + 19}" class="small">outside ${ip}</text></g>`;

/** The cluster as it was: nodes with their addresses and pods, the Services' addresses, and the ways that went wrong. */
export const clusterDrawing = (drawn: Drawn): Html => {
	const {facts, scene, ways = []} = drawn;
	const addresses = (scene?.addresses ?? []).map(({service, text}) => `${service}: ${text}`);
	const shown =
		addresses.length > MOST_ADDRESSES
			? [...addresses.slice(0, MOST_ADDRESSES - 1), `and ${addresses.length - MOST_ADDRESSES + 1} more`]
			: addresses;
	const perLine = 2;
	const headLines = Math.ceil(shown.length / perLine);
	const isOutside = facts.outside !== undefined;
	const top = EDGE + headLines * LINE + (headLines > 0 ? 10 : 0);
	const boxes = boxesOf(drawn, top);
	const width = 2 * EDGE + Math.min(COLUMNS, Math.max(1, facts.nodes.length)) * (BOX + GAP) - GAP;
	const bottom = Math.max(top, ...boxes.map(box => box.y + box.height));
	const outsideAt = {x: width - EDGE - 150, y: bottom + 44};
	const height = bottom + (isOutside ? 44 + 30 + EDGE : ways.length > 0 ? 40 : EDGE);
	return h`<div class="scroll" tabindex="0" role="group" aria-label="drawing of the cluster">
<svg class="drawing" viewBox="0 0 ${width} ${height}" width="${Math.round(ENLARGED * width)}" role="img" aria-label="${spoken(drawn)}">
${shown.map((text, n) => {
	const [x, y] = [EDGE + (n % perLine) * 270, EDGE + 11 + Math.floor(n / perLine) * LINE];
	return h`<text x="${x}" y="${y}" class="small address">${short(text, 40)}</text>`;
})}
${isOutside && outsideBox(outsideAt, (facts.outside ?? [])[0])}
${boxes.map(box => boxOf(box, facts.mode, hitOf(drawn, box.name)))}
${waysOf(ways, boxes, {x: outsideAt.x + 75, y: outsideAt.y})}
</svg></div>
${ways.length > 0 && wayList(ways)}`;
};
