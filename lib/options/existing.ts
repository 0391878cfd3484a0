import {MAKES, option, optional, RUNS} from './option.ts';
import {filled} from './values.ts';

/** Options of a cluster that exists. */
export const EXISTING_OPTIONS = {
	context: optional({
		flag: '--context',
		value: '<name>',
		about: 'with --provider existing: which context of the kubeconfig',
		of: MAKES,
		parse: filled('--context'),
		standardMeans: 'its current one',
	}),
	kubeconfig: optional({
		flag: '--kubeconfig',
		value: '<file>',
		about: 'with --provider existing: the kubeconfig',
		of: MAKES,
		parse: filled('--kubeconfig'),
		standardMeans: '$KUBECONFIG, or ~/.kube/config',
	}),
	inventory: optional({
		flag: '--inventory',
		value: '<file>',
		about: 'with --provider existing: how the nodes, and a host outside, are reached by ssh',
		of: MAKES,
		parse: filled('--inventory'),
		standardMeans: 'not at all',
	}),
	metallbPool: optional({
		flag: '--metallb-pool',
		value: '<name>',
		about: 'with --provider existing: a pool of the MetalLB that is there, whose addresses checks may take',
		of: MAKES,
		parse: filled('--metallb-pool'),
		standardMeans: 'none: its checks are left out',
	}),
	yes: option<boolean>({
		flag: '--yes',
		about: 'with --provider existing: agree to what is made in the cluster',
		of: MAKES,
		standard: false,
	}),
	disruptive: option<boolean>({
		flag: '--disruptive',
		about: 'with --provider existing: also checks that disturb nodes, kube-proxy, DNS or the whole cluster',
		of: RUNS,
		standard: false,
	}),
} as const;
