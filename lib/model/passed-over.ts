import {has} from './minors.ts';

/** On a Service: another proxy serves it (KEP-2447). */
export const PROXY_NAME = 'service.kubernetes.io/service-proxy-name';
/** On a slice: of a headless Service. */
export const HEADLESS = 'service.kubernetes.io/headless';

/**
 * Whether kube-proxy does not even watch an object, by its labels; `own` is the label meant for its kind. Whatever the label's value
 * (cmd/kube-proxy/app/server.go).
 */
export const isPassedOver = (
	labels: Readonly<Record<string, string>> | undefined,
	own: typeof PROXY_NAME | typeof HEADLESS,
	minor: number,
): boolean => (has('eitherLabelOnBoth', minor) ? [PROXY_NAME, HEADLESS] : [own]).some(label => label in (labels ?? {}));
