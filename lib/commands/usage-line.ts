import type {Command, CommanderError} from 'commander';
import {closest} from '../options/near-miss.ts';

/** What commander says about a wrong command line, as one line that names what would be right. */
export const oneLineOf = (error: CommanderError, argv: readonly string[], program: Command): string => {
	const names = program.commands.map(command => command.name());
	const [first = ''] = argv;
	// An unknown command is an argument too many of the default one.
	if (error.code === 'commander.excessArguments' && !names.includes(first) && !first.startsWith('-')) {
		const near = closest(first, names);
		return `unknown command ${first}: ${near === undefined ? `use ${names.join(', ')}` : `did you mean ${near}?`}`;
	}
	if (error.code === 'commander.excessArguments' && first === 'test')
		return "test takes no arguments; --match picks checks, as in --match 'nodeport/*'";
	return error.message
		.replace(/^error: /, '')
		.replace(/\s*\n\(Did you mean ([^)]*)\)/, ': did you mean $1')
		.replaceAll(/\s*\n\s*/g, ' ')
		.trim();
};
