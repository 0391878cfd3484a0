import type {ExpectedAnswer} from '../dns-record.ts';
import {needed} from '../facts/fact.ts';
import {gatherApi} from '../gather/gather-api.ts';
import {dnsAnswer, type ServiceQuestion} from '../model/dns-answer.ts';
import {rightfulSlices} from '../model/service-slices.ts';
import type {Testbed} from './testbed.ts';

/** What the model says that the cluster's DNS must answer. Throws RangeError for a name that Services do not decide about. */
export type DnsExpectations = {of(question: ServiceQuestion): ExpectedAnswer};

/**
 * Reads the API as it is now and answers from the model: to be asked when the set-up is complete, before anything is broken.
 * The endpoints are those that the pods ask for, not those that the slices hold: a slice that is wrong must not make the wrong answer
 * right.
 */
export const dnsExpectations = async ({kube}: Pick<Testbed, 'kube'>): Promise<DnsExpectations> => {
	const api = await gatherApi(kube, ['services', 'pods', 'slices']);
	const what = 'what DNS must answer is not known';
	const [services, pods, slices] = [needed(what, api.services).items, needed(what, api.pods).items, needed(what, api.slices).items];
	const state = {services, slices: rightfulSlices(services, pods, slices)};
	return {of: question => dnsAnswer(state, question)};
};
