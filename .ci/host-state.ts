import {readdir, readFile} from 'node:fs/promises';
import {execa} from 'execa';

/** Settings that change by themselves. */
const MOVING = /^(fs\.(dentry-state|file-nr|inode-nr|inode-state|aio-nr|quota)|kernel\.(random|ns_last_pid|pty\.nr|printk_ratelimit|sched|perf)|net\.netfilter\.nf_conntrack_count|net\.core\.netdev_rss_key|vm\.stat|net\.ipv[46]\.(conf|neigh)\.vipcheck|dev\.)/;

const lines = (text: string): readonly string[] => text.split('\n').filter(Boolean);
const output = async (...[file, ...rest]: [string, ...string[]]): Promise<readonly string[]> => {
	const result = await execa(file, rest, {reject: false});
	return result.exitCode === 0 ? lines(result.stdout) : [];
};

const processes = async (): Promise<readonly string[]> => {
	const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name));
	const commands = await Promise.all(pids.map(async pid => {
		const [command, group] = await Promise.all([readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''), readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '')]);
		return group.includes('/vipcheck-') || /vipcheck\/(clusters|containerd)\//.test(command) ? [`process ${pid} ${command.replaceAll('\0', ' ').slice(0, 120)}`] : [];
	}));
	return commands.flat();
};

const groups = async (): Promise<readonly string[]> => {
	const points = lines(await readFile('/proc/self/mountinfo', 'utf8')).filter(line => / - cgroup2? /.test(line)).map(line => line.split(' ')[4] as string);
	return (await Promise.all(points.map(async point => (await readdir(point)).filter(name => name.startsWith('vipcheck')).map(name => `cgroup ${point}/${name}`)))).flat();
};

/** What a cluster could leave on a host or change of it, as lines that can be compared. */
export const hostState = async (): Promise<readonly string[]> => [
	...await processes(),
	...await groups(),
	...(await output('ip', '-o', 'link', 'show')).map(line => `link ${line.split(':')[1]}`),
	...(await output('ip', '-4', 'route', 'show', 'table', 'all')).map(line => `route ${line}`),
	...(await output('ip', 'rule')).map(line => `rule ${line}`),
	...lines(await readFile('/proc/self/mountinfo', 'utf8')).map(line => `mount ${line.split(' ').slice(3, 5).join(' ')}`),
	...(await output('sysctl', '-a')).filter(line => !MOVING.test(line)).map(line => `sysctl ${line}`),
	...(await output('nft', 'list', 'ruleset')).map(line => `nft ${line}`),
	...(await output('iptables-save')).filter(line => !/^[#:]/.test(line)).map(line => `iptables ${line}`),
];

/** Lines of `after` that `before` has not, and the other way round. */
export const difference = (before: readonly string[], after: readonly string[]): readonly string[] => [
	...after.filter(line => !before.includes(line)).map(line => `+ ${line}`),
	...before.filter(line => !after.includes(line)).map(line => `- ${line}`),
];

if (import.meta.main) process.stdout.write(`${(await hostState()).toSorted().join('\n')}\n`);
