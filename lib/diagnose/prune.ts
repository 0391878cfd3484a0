import {isObject, part, type JsonObject} from '../facts/parse/json.ts';

/** Annotations that repeat the object, or that tools keep their own state in. */
const NOISE = ['kubectl.kubernetes.io/last-applied-configuration', 'control-plane.alpha.kubernetes.io/leader'];

const without = (object: JsonObject, names: readonly string[]): JsonObject =>
	Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));

const prunedMetadata = (object: JsonObject): JsonObject => {
	const metadata = without(part(object, 'metadata'), ['managedFields', 'selfLink']);
	return isObject(metadata['annotations']) ? {...metadata, annotations: without(metadata['annotations'], NOISE)} : metadata;
};

/** What nobody judges: takes the most room. */
export const pruned = (object: JsonObject): JsonObject => ({...object, metadata: prunedMetadata(object)});

const KEPT_OF_CONTAINER = ['name', 'image', 'ports', 'readinessProbe', 'restartPolicy'];

/** Values of the environment, arguments and volumes may be secrets: of all these only the names of the variables are kept. */
const prunedContainer = (container: unknown): unknown => {
	if (!isObject(container)) return container;
	const env = Array.isArray(container['env']) ? container['env'].flatMap(one => (isObject(one) ? [{name: one['name']}] : [])) : undefined;
	return {...Object.fromEntries(Object.entries(container).filter(([name]) => KEPT_OF_CONTAINER.includes(name))), ...(env && {env})};
};

const containers = (spec: JsonObject, name: string): JsonObject => {
	const all = spec[name];
	return Array.isArray(all) ? {[name]: all.map(prunedContainer)} : {};
};

const KEPT_OF_POD = [
	'nodeName',
	'hostNetwork',
	'dnsPolicy',
	'dnsConfig',
	'hostname',
	'subdomain',
	'enableServiceLinks',
	'restartPolicy',
	'readinessGates',
	'nodeSelector',
	'serviceAccountName',
];
const KEPT_OF_STATUS = ['phase', 'reason', 'message', 'conditions', 'podIP', 'podIPs', 'hostIP', 'startTime', 'containerStatuses'];

/** A pod without what may be secret and what takes room. */
export const prunedPod = (pod: JsonObject): JsonObject => {
	const [spec, status] = [part(pod, 'spec'), part(pod, 'status')];
	const kept = (object: JsonObject, names: readonly string[]): JsonObject =>
		Object.fromEntries(names.flatMap(name => (object[name] === undefined ? [] : [[name, object[name]]])));
	return {
		metadata: without(prunedMetadata(pod), ['annotations']),
		spec: {...kept(spec, KEPT_OF_POD), ...containers(spec, 'containers'), ...containers(spec, 'initContainers')},
		status: kept(status, KEPT_OF_STATUS),
	};
};

/** A DaemonSet: who it is and how many of it run; of its pods the images alone. */
export const prunedDaemonSet = (set: JsonObject): JsonObject => {
	const spec = part(part(part(set, 'spec'), 'template'), 'spec');
	return {
		metadata: prunedMetadata(set),
		spec: {template: {spec: containers(spec, 'containers')}},
		status: part(set, 'status'),
	};
};

/** A webhook configuration without its certificates. */
export const prunedWebhooks = (configuration: JsonObject): JsonObject => ({
	metadata: {name: part(configuration, 'metadata')['name']},
	webhooks: (Array.isArray(configuration['webhooks']) ? configuration['webhooks'] : []).map((hook: unknown) => {
		const one = isObject(hook) ? hook : {};
		const service = part(one, 'clientConfig')['service'];
		return {name: one['name'], failurePolicy: one['failurePolicy'], clientConfig: service === undefined ? {} : {service}};
	}),
});
