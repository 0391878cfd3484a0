/**
 * Lines of a fragment that do not hold in the configuration that was made of it: kconfig drops silently what lacks a dependency, and keeps
 * what something else selects.
 */
export const notHeld = (fragment: string, config: string): readonly string[] => {
	const lines = new Set(config.split('\n'));
	const symbols = new Set([...lines].map(line => /^(CONFIG_\w+)=/.exec(line)?.[1]));
	return fragment.split('\n').filter(line => {
		const off = /^# (CONFIG_\w+) is not set$/.exec(line)?.[1];
		return off === undefined ? line.startsWith('CONFIG_') && !lines.has(line) : symbols.has(off);
	});
};
