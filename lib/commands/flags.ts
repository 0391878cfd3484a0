import {Option} from 'commander';
import type {Command} from 'commander';
import {optionsOf} from '../options/options.ts';
import type {OptionsCommand} from '../options/option.ts';

/** Adds the options of a command, as the table has them. What is not said stays undefined: a default is no wish. */
export const addOptions = (command: Command, name: OptionsCommand): Command => {
	for (const [key, {flag, value, about, parse, standard, standardMeans}] of optionsOf(name)) {
		const means = [
			...(value === undefined || standard === undefined || (Array.isArray(standard) && standard.length === 0)
				? []
				: [String(standard)]),
			...(standardMeans === undefined ? [] : [standardMeans]),
		].join(', ');
		const option = new Option(value === undefined ? flag : `${flag} ${value}`, means === '' ? about : `${about} (default: ${means})`);
		if (parse) option.argParser(parse);
		if (option.attributeName() !== key) throw new RangeError(`${flag} is not the flag of ${key}`);
		command.addOption(option);
	}
	return command;
};
