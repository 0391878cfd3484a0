import type {Machine} from '../machine/machine.ts';
import type {Making} from './step.ts';

/** The kubeconfig of whoever needs no binding, in the API machine. */
export const ADMIN = '/etc/kubernetes/super-admin.conf';

/** Has kubeadm install one of its addons, with our patches or without; answers what it says. */
export const addon = async (
	api: Machine,
	name: string,
	{signal, log}: Pick<Making, 'signal' | 'log'>,
	{patched = false, flags = []}: {readonly patched?: boolean; readonly flags?: readonly string[]} = {},
): Promise<string> => {
	const config = `/etc/kubernetes/${patched ? 'kubeadm-patched' : 'kubeadm'}.yaml`;
	return api.run(['kubeadm', 'init', 'phase', 'addon', name, '--config', config, '--kubeconfig', ADMIN, ...flags], {signal, log});
};
