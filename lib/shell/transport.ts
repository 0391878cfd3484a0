import type {Access} from '../access.ts';
import type {Shell} from './shell.ts';

type Kind = Access['kind'];
export type AccessOf<K extends Kind> = Extract<Access, {kind: K}>;

/** What one kind of access shares among all its machines (connections), for as long as the pool of shells is open. */
export type Opener<K extends Kind = Kind> = {
	/** A shell for the machine that `access` leads to; `where` names it in results and errors. Connects to nothing yet. */
	open(access: AccessOf<K>, where: string): Shell;
	/** Ends what is shared. */
	close(): Promise<void>;
};

/** One kind of access: the default export of the file of its name in transports/. */
export type Transport<K extends Kind> = () => Opener<K>;

/** A transport whose every command finds its own way: nothing is shared, so nothing has to be closed. */
export const unshared =
	<K extends Kind>(open: Opener<K>['open']): Transport<K> =>
	() => ({open, close: async () => undefined});
