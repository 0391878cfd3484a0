import type {Removal} from '../cluster/down.ts';
import type {Terminal} from './command.ts';

/** Tells each removal in a line; a signal meanwhile only makes the exit code 130, what has begun comes to its end. */
export const removals = ({
	interrupts,
	say,
	err,
	exit,
}: Terminal): {
	done(removal: Removal): void;
	count(): number;
	finish(): void;
} => {
	let count = 0;
	let errors = 0;
	interrupts.guard((signal, times) => {
		if (times === 1) err(`${signal}: finishing first; half a cluster would be left otherwise`);
	});
	return {
		done({id, error}) {
			if (error === undefined) {
				count++;
				say(`cluster ${id} is gone`);
			} else {
				errors++;
				err(error);
			}
		},
		count: () => count + errors,
		finish() {
			exit(interrupts.first() === undefined ? (errors > 0 ? 2 : 0) : 130);
		},
	};
};
