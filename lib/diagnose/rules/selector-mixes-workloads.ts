import {rule, type Finding} from '../rule.ts';
import {aboutService, fullName, kubectl, labelsText, someOf} from '../views/objects.ts';
import {backed, declaredPorts, targetOf} from '../views/services.ts';
import {readyPods} from '../views/pod-state.ts';

const ownerOf = (owners: readonly {kind: string; name: string}[] = []): string =>
	owners.map(({kind, name}) => `${kind} ${name.replace(/-[a-z\d]{8,10}$/, '')}`)[0] ?? 'no owner';

export default rule({
	title: 'A selector fits pods of one kind',
	severity: 'warning',
	layer: 'endpoints',
	why:
		'Labels like app=shop often fit more than was meant: a database or a job beside the web server. A share of the connections ' +
		'then goes to pods that do not serve the port, and is refused.',
	verify: ['kubectl -n NAMESPACE get pods -l SELECTOR -o wide'],
	fix: 'Select by a label that only the wanted pods have.',
	refs: ['https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/'],
	steps: [2],
	needs: ['services', 'pods'],
	evaluate: ({services, pods}) =>
		backed(services, pods).flatMap(({service, pods: own}): readonly Finding[] => {
			const owners = Map.groupBy(readyPods(own), pod => ownerOf(pod.metadata?.ownerReferences));
			const port = service.spec?.ports?.find(each => typeof targetOf(each) === 'number');
			if (owners.size < 2 || !port) return [];
			const declares = (of: (typeof own)[number]): boolean =>
				declaredPorts(of).some(({containerPort}) => containerPort === targetOf(port));
			const without = readyPods(own).filter(pod => declaredPorts(pod).length > 0 && !declares(pod));
			const [first] = without;
			if (!first || !own.some(declares)) return [];
			return [
				{
					about: aboutService(service),
					confidence: 'likely',
					summary:
						`the selector ${labelsText(service.spec?.selector)} of Service ${fullName(service)} also fits ` +
						`${someOf(without.map(fullName))}, which do not declare port ${targetOf(port)}`,
					evidence: [
						{from: 'owners of its pods', text: someOf([...owners.keys()])},
						{
							from: `pod ${fullName(first)} .spec.containers[].ports`,
							text: declaredPorts(first)
								.map(({containerPort}) => containerPort)
								.join(', '),
						},
					],
					fix: 'select by a label that only the wanted pods have',
					verify: [
						kubectl(
							'get',
							'pods',
							{metadata: {namespace: service.metadata?.namespace ?? '', name: ''}},
							`-l ${labelsText(service.spec?.selector)} -o wide`,
						),
					],
				},
			];
		}),
});
