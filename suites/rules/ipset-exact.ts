import check from '../../lib/check/check.ts';
import {setName, SET_KEYS} from '../../lib/model/rules/ipvs/sets.ts';
import {judgeDifferences} from './exact/exact.ts';
import {expectedOn} from './exact/node-rules.ts';
import {WHY_SETS} from './exact/why-sets.ts';
import {quietLook, shapesInForce} from './shapes/in-force.ts';
import {sctpServices} from './shapes/sctp.ts';
import {SetupError} from '../../lib/wait/eventually.ts';

export default check(
	{
		title: "On every node each of kube-proxy's sets holds exactly the members that the API asks for, for Services of every shape",
		refs: ['https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/proxy/ipvs/README.md'],
		modes: ['ipvs'],
		needs: ['node-access'],
		exactRules: true,
		budgetMs: 180_000,
		exclusive: ['cluster'],
		faults: ['set-entry-gone', 'set-entry-foreign'],
		rows: Object.fromEntries(
			SET_KEYS.map(key => [
				`KUBE-${key}`,
				{title: `Set KUBE-${key} holds exactly the members that the API asks for`, why: WHY_SETS[key]},
			]),
		),
	},
	async testbed => {
		await sctpServices(testbed);
		const settings = await shapesInForce(testbed);
		await testbed.settled();

		testbed.step('the sets of every node');
		const seen = await quietLook(testbed, settings);
		for (const key of SET_KEYS) {
			const where = `ipset ${setName(key, testbed.family)}`;
			await testbed.row(`KUBE-${key}`, recorder => {
				const members = seen.nodes.map(one => (expectedOn(one, testbed.family).get(where)?.parts.length ?? 0) - 1);
				if (!members.some(count => count > 0)) throw new SetupError(`no Service asks for a member of ${where}`);
				recorder.number(
					'members expected on all nodes',
					members.reduce((sum, count) => sum + count, 0),
					'',
				);
				const differences = seen.differences.filter(one => one.where === where);
				const expected = `in ${where} the members that kube-proxy's source makes from the API, and no others`;
				judgeDifferences(testbed, recorder, differences, {what: `the members of ${where} are`, expected});
			});
		}
	},
);
