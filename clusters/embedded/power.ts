/**
 * Takes the power of one machine of a cluster, or gives it back: node clusters/embedded/power.ts off|on <cluster directory> <machine>.
 * Both may be said twice. A machine without power leaves its disk (var/, and the files of its own layer); all else begins anew with it.
 */
import {basename} from 'node:path';
import {openMachine} from './machine/open.ts';

const [state, cluster = '', name = ''] = process.argv.slice(2);
if ((state !== 'off' && state !== 'on') || name === '')
	throw new Error('usage: node clusters/embedded/power.ts off|on <cluster directory> <machine>');
const machine = await openMachine({cluster, id: basename(cluster)}, name);
await machine.power[state]();
