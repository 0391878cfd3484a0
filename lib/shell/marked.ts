/** A variable that marks one call's program, and whatever it starts, in its environment. */
export const MARK = 'VIPCHECK_CALL';

const SCRIPT = `for dir in /proc/[0-9]*; do
	[ "\${dir#/proc/}" = "$$" ] || ! grep -qsF "$1" "$dir/environ" || kill -9 "\${dir#/proc/}" 2>/dev/null
done; true`;

/** Ends, where it is run, every process that carries this mark: what a cut connection leaves running. Needs `sh` and `grep` there. */
export const endMarked = (mark: string): readonly string[] => ['sh', '-c', SCRIPT, 'sh', `${MARK}=${mark}`];
