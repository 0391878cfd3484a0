/**
 * Takes the power of one machine of a cluster, or gives it back: node clusters/embedded/power.ts off|on <cluster directory> <machine>.
 * Both may be said twice. A machine without power leaves its disk (var/, and the files of its own layer); all else begins anew with it.
 */
import {readFile} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {endMachines} from './machine/end.ts';
import {bootMachine} from './machine/machine.ts';
import {processesIn} from './machine/cgroup.ts';
import {plug, unplug} from './network.ts';

const [state, dir = '', name = ''] = process.argv.slice(2);
if ((state !== 'off' && state !== 'on') || name === '') throw new Error('usage: node clusters/embedded/power.ts off|on <cluster directory> <machine>');
const id = basename(dir);
const switchPid = Number(await readFile(join(dir, 'machines', 'switch', 'pid'), 'utf8'));
if (state === 'off') {
	await endMachines(id, name);
	// The kernel answers pings in the node's network until it has cleared that away, some time after the last process.
	await unplug(name, switchPid);
} else if ((await processesIn(id, name)).length === 0) {
	const layers = (await readFile(join(dir, 'machines', name, 'layers'), 'utf8')).split('\n');
	const machine = await bootMachine(dir, id, {name, layers});
	await plug([machine], switchPid);
}
