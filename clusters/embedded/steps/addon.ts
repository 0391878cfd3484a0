import type {Machine} from '../machine/machine.ts';
import type {Making} from './step.ts';

/** The kubeconfig of whoever needs no binding, in the API machine. */
export const ADMIN = '/etc/kubernetes/super-admin.conf';

/** Has kubeadm install one of its addons; answers what it says. */
export const addon = async (
	api: Machine,
	name: string,
	{signal, log}: Pick<Making, 'signal' | 'log'>,
	flags: readonly string[] = [],
): Promise<string> =>
	api.run(['kubeadm', 'init', 'phase', 'addon', name, '--config', '/etc/kubernetes/kubeadm.yaml', '--kubeconfig', ADMIN, ...flags], {
		signal,
		log,
	});
