import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {MachineSpec} from '../machine.ts';
import {hardwareAddress} from '../port.ts';
import {managementOf} from './management.ts';

/** The first process of a machine with a kernel of its own. */
export const INIT = 'etc/machine/init';

const source = async (name: string): Promise<string> => readFile(join(import.meta.dirname, name), 'utf8');

/** What the boot of a machine with a kernel of its own reads; nothing for others. */
export const ownKernelFiles = async ({name, kernel, iptables}: MachineSpec): Promise<Readonly<Record<string, string>>> =>
	kernel
		? {
				[INIT]: await source('init.sh'),
				'etc/machine/agent.pl': await source('agent.pl'),
				'etc/machine/management': `${managementOf(name, kernel.slot).own}\n`,
				'etc/machine/hardware-address': `${hardwareAddress(name)}\n`,
				'etc/machine/iptables': iptables?.iptables ?? '',
				'etc/machine/ip6tables': iptables?.ip6tables ?? '',
			}
		: {};
