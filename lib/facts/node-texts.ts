import type {LookName} from './argv.ts';
import type {Fact} from './fact.ts';

/** What the commands said, verbatim: can be written down as evidence and read again later. */
export type NodeTexts<Name extends LookName = LookName> = Readonly<Record<Name, Fact<string>>>;
