import {readdir, readFile} from 'node:fs/promises';
import {execa} from 'execa';

/** Settings that change by themselves. */
const MOVING = [
	/^fs\.(dentry-state|file-nr|inode-nr|inode-state|aio-nr|quota)/,
	/^kernel\.(random|ns_last_pid|pty\.nr|printk_ratelimit|sched|perf)/,
	/^net\.netfilter\.nf_conntrack_count/,
	/^net\.core\.netdev_rss_key/,
	/^vm\.stat/,
	/^net\.ipv[46]\.(conf|neigh)\.vipcheck/,
	/^dev\./,
];

/** Without empty ones. */
export const lines = (text: string): readonly string[] => text.split('\n').filter(Boolean);
const output = async (...[file, ...rest]: [string, ...string[]]): Promise<readonly string[]> => {
	const result = await execa(file, rest, {reject: false});
	return result.exitCode === 0 ? lines(result.stdout) : [];
};

const processes = async (): Promise<readonly string[]> => {
	const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name));
	const commands = await Promise.all(
		pids.map(async pid => {
			const [command, group] = await Promise.all([
				readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''),
				readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => ''),
			]);
			return group.includes('/vipcheck-') || /vipcheck\/(clusters|containerd)\//.test(command)
				? [`process ${pid} ${command.replaceAll('\0', ' ').slice(0, 120)}`]
				: [];
		}),
	);
	return commands.flat();
};

/** Where the hierarchies of cgroups are mounted, each once. */
export const cgroupRoots = async (): Promise<readonly string[]> => [
	...new Set(
		lines(await readFile('/proc/self/mountinfo', 'utf8'))
			.filter(line => / - cgroup2? /.test(line))
			.map(line => line.split(' ')[4] as string),
	),
];

const groups = async (): Promise<readonly string[]> => {
	return (
		await Promise.all(
			(await cgroupRoots()).map(async point =>
				(await readdir(point)).filter(name => name.startsWith('vipcheck')).map(name => `cgroup ${point}/${name}`),
			),
		)
	).flat();
};

/** What a cluster could leave on a host or change of it, as lines that can be compared. */
export const hostState = async (): Promise<readonly string[]> => [
	...(await processes()),
	...(await groups()),
	...(await output('ip', '-o', 'link', 'show')).map(line => `link ${line.split(':')[1]}`),
	...(await output('ip', '-4', 'route', 'show', 'table', 'all')).map(line => `route ${line}`),
	...(await output('ip', 'rule')).map(line => `rule ${line}`),
	...lines(await readFile('/proc/self/mountinfo', 'utf8')).map(line => `mount ${line.split(' ').slice(3, 5).join(' ')}`),
	...(await output('sysctl', '-a')).filter(line => !MOVING.some(each => each.test(line))).map(line => `sysctl ${line}`),
	...(await output('nft', 'list', 'ruleset')).map(line => `nft ${line}`),
	...(await output('iptables-save')).filter(line => !/^[#:]/.test(line)).map(line => `iptables ${line}`),
];

const SYSCTL = /^(sysctl [^ ]+) =/;

/**
 * Lines of `after` that `before` has not, and the other way round. Settings that came into being are none:
 * a kernel module that was loaded on demand brought them, and stays.
 */
export const difference = (before: readonly string[], after: readonly string[]): readonly string[] => {
	const keys = new Set(before.map(line => SYSCTL.exec(line)?.[1]));
	const isNewSetting = (line: string): boolean => SYSCTL.test(line) && !keys.has(SYSCTL.exec(line)?.[1]);
	return [
		...after.filter(line => !before.includes(line) && !isNewSetting(line)).map(line => `+ ${line}`),
		...before.filter(line => !after.includes(line)).map(line => `- ${line}`),
	];
};

/** node .ci/host-state.ts prints the state; given a file with an earlier one, what is different, and leaves with 1 when anything is. */
if (import.meta.main) {
	const [earlier] = process.argv.slice(2);
	const now = await hostState();
	const shown = earlier === undefined ? now.toSorted() : difference(lines(await readFile(earlier, 'utf8')), now);
	process.stdout.write(shown.map(line => `${line}\n`).join(''));
	if (earlier !== undefined && shown.length > 0) process.exitCode = 1;
}
