import type {AddCommand} from './command.ts';

const addReport: AddCommand = (program, {say}) => {
	program
		.command('report')
		.description('write the reports of a run again, from its events.ndjson')
		.argument('<dir>', "the run's directory")
		.action(async (dir: string) => {
			const {report} = await import('../run/report.ts');
			const {paths, closing} = await report(dir);
			say([...paths, closing].join('\n'));
		});
};

export default addReport;
