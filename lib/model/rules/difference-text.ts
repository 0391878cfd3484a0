import type {Difference} from './graph.ts';

/** A difference in the rules of one node, by its name. */
export type NodeDifference = Difference & {readonly node: string};

/** `nat KUBE-SEP-XXXX on worker-2 lacks … (ns/svc:port)`. */
export const differenceText = ({node, kind, where, text, actual, about}: NodeDifference): string => {
	const place = `${where} on ${node}`;
	const of = about === undefined ? '' : ` (${about})`;
	if (text.startsWith('(whole '))
		return kind === 'missing' ? `${place} is missing${of}` : `${place} is there, and nothing asks for it${of}`;
	switch (kind) {
		case 'missing':
			return `${place} lacks ${text}${of}`;
		case 'foreign':
			return `${place} has ${text}, which nothing asks for${of}`;
		case 'changed':
			return `${place} has ${actual ?? 'something else'} instead of ${text}${of}`;
		case 'misplaced':
			return `${place} has ${text} in the wrong place${of}`;
	}
};
