// Three uses of one runner: our unit tests, our tests on a cluster, and (VIPCHECK_RUN set by `vipcheck test`) the suites against a cluster.
import {join} from 'node:path';

const run = process.env['VIPCHECK_RUN'];

const common = {
	extensions: ['ts'],
	workerThreads: false,
	cache: false,
	utilizeParallelBuilds: false,
	environmentVariables: {
		NODE_ENV: 'production',
		// Each file is a process of its own, and most of its time until its first test is compiling what all of them use.
		NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules', '.cache', 'compile'),
	},
};

const unit = {
	...common,
	files: ['{lib,test,clusters,reports}/**/*.test.ts', 'suites/*/*/**/*.test.ts', '!**/*.cluster.test.ts'],
	timeout: '60s',
};

// Tests of what only a real cluster shows; VIPCHECK_CLUSTER names its directory. One file at a time: some of them cut links and boot nodes.
const cluster = {...common, concurrency: 1, files: ['{lib,clusters,suites}/**/*.cluster.test.ts'], timeout: '5m'};

// The budgets of the checks end what hangs; AVA's idle timeout must never be first.
const suites = {...common, files: ['suites/**/suite.test.ts'], timeout: '60m', failWithoutAssertions: false};

export default run ? suites : process.env['VIPCHECK_CLUSTER'] ? cluster : unit;
