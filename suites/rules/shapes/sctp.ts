import type {Testbed} from '../../../lib/testbed/testbed.ts';
import {service} from '../../../lib/testbed/workloads.ts';

/**
 * Node ports of SCTP, whose sets hold addresses too; their endpoints are those of the shapes. Not among the shapes: iptables cannot tell
 * SCTP everywhere.
 */
export const sctpServices = async (testbed: Testbed): Promise<void> => {
	const wish = {type: 'NodePort', ports: [{name: 'sctp', port: 9000, targetPort: 9000, protocol: 'SCTP'}]} as const;
	const selector = {app: 'shape-a'};
	await service(testbed, {...wish, name: 'sctp', selector});
	await service(testbed, {...wish, name: 'sctp-local', selector, externalTrafficPolicy: 'Local'});
};
