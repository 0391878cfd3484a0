import {Option} from 'commander';
import {homedir} from 'node:os';
import {delimiter, join} from 'node:path';
import {UsageError} from '../usage.ts';
import {filled} from '../options/values.ts';

export const kubeconfigFlag = (): Option =>
	new Option('--kubeconfig <file>', 'the cluster (default: $KUBECONFIG, else ~/.kube/config)').argParser(filled('--kubeconfig'));
export const contextFlag = (): Option =>
	new Option('--context <name>', 'a context of the kubeconfig (default: its current one)').argParser(filled('--context'));

/** The kubeconfig that was asked for, or kubectl's. Throws UsageError when KUBECONFIG names several files. */
export const kubeconfigOf = (given: string | undefined, env: NodeJS.ProcessEnv = process.env): string => {
	if (given !== undefined) return given;
	const files = (env['KUBECONFIG'] ?? '').split(delimiter).filter(Boolean);
	if (files.length > 1) throw new UsageError(`KUBECONFIG names ${files.length} files: give one with --kubeconfig`);
	return files[0] ?? join(homedir(), '.kube', 'config');
};
