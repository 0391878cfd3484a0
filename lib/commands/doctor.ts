import type {AddCommand} from './command.ts';
import {table} from './table.ts';

const addDoctor: AddCommand = (program, {say, exit}) => {
	program
		.command('doctor')
		.description('say what this machine can run, and why not; what is cached')
		.action(async () => {
			const [{cached, examine, kernels}, {loadProviders}, {cacheRoot}] = await Promise.all([
				import('../cluster/doctor.ts'),
				import('../cluster/providers.ts'),
				import('../paths.ts'),
			]);
			const providers = await loadProviders();
			const findings = await examine(providers);
			const rows = findings.flatMap(({provider, mode, family, support}) =>
				(support.ok ? support.how : support.why)
					.split('\n')
					.map((line, index) =>
						index === 0 ? [provider, mode, family, support.ok ? 'ok' : 'no', line] : ['', '', '', '', line],
					),
			);
			const parts = await cached(cacheRoot());
			say(
				[
					table(rows),
					'',
					...(await kernels(providers)),
					...providers.map(({name, versions}) => `${name}: Kubernetes ${versions.join(', ')}`),
					`cached in ${cacheRoot()}: ${parts.map(([name, count]) => `${name} (${count})`).join(', ') || 'nothing'}`,
				].join('\n'),
			);
			exit(findings.some(({support}) => support.ok) ? 0 : 2);
		});
};

export default addDoctor;
