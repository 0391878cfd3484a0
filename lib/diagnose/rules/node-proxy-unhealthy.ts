import {rule, type Finding} from '../rule.ts';
import {seenNodes, seenOn} from '../views/nodes.ts';

export default rule({
	title: 'kube-proxy answers its health page',
	severity: 'error',
	layer: 'kube-proxy',
	why:
		'/healthz answers 503 when kube-proxy has not finished a sync for twice its period after a change came in: rules are behind. ' +
		'Load balancers that ask it leave the node out. No answer at all: it hangs or is gone.',
	verify: ['curl -s -w %{http_code} http://127.0.0.1:10256/healthz   # on the node'],
	fix: 'Look into its log, and restart its pod: kubectl -n kube-system delete pod kube-proxy-…',
	refs: ['https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/#is-kube-proxy-working'],
	steps: [46],
	looks: ['healthz'],
	needs: ['nodeEvidence'],
	evaluate: ({nodeEvidence}) =>
		seenNodes(nodeEvidence).flatMap((node): readonly Finding[] => {
			const {healthz, processes} = node.facts;
			const stopped = processes.ok
				? processes.value.processes.find(({command, state}) => command === 'kube-proxy' && /^[TtZ]/.test(state))
				: undefined;
			const gone =
				processes.ok &&
				processes.value.processes.length > 3 &&
				!processes.value.processes.some(({command}) => command === 'kube-proxy');
			const ill = healthz.ok && healthz.value.status !== 200;
			if (!stopped && !ill && !(gone && !healthz.ok)) return [];
			const quote = stopped
				? {from: seenOn(node, 'ps'), text: `pid ${stopped.pid} kube-proxy, state ${stopped.state}`}
				: healthz.ok
					? {from: seenOn(node, ':10256/healthz'), text: `${healthz.value.status} ${healthz.value.body.trim().slice(0, 200)}`}
					: {from: seenOn(node, 'ps'), text: `no process kube-proxy; /healthz: ${healthz.why}`};
			return [
				{
					about: `Node ${node.name}`,
					summary:
						`kube-proxy on ${node.name} ` +
						(stopped
							? `stands still (its process is in state ${stopped.state})`
							: ill
								? 'says that it is not healthy'
								: 'does not run'),
					evidence: [quote],
					fix: `kubectl -n kube-system delete pod of kube-proxy on ${node.name}; look into its log first`,
					verify: ['curl -s -w %{http_code} http://127.0.0.1:10256/healthz'],
				},
			];
		}),
});
