import type {Endpoint} from './state.ts';
import type {Backend} from './verdict.ts';

/** Endpoints as backends that are chosen with the same probability. */
export const spread = (endpoints: readonly Endpoint[], isRewritten: (endpoint: Endpoint) => boolean): readonly Backend[] =>
	endpoints.map(endpoint => ({ip: endpoint.ip, port: endpoint.port, probability: 1 / endpoints.length, source: isRewritten(endpoint) ? 'rewritten' : 'kept'}));
