import {DNS_SERVICE} from '../../model/dns-names.ts';
import type {Breach} from './rule-fault.ts';

/** The DNS Service's port for datagrams, as kubeadm names it. */
const PORT = `${DNS_SERVICE.namespace}/${DNS_SERVICE.name}:dns`;

/** The same breach, of the rules of the DNS Service in place of those of the check's own Services. */
export const ofNameServer =
	(breach: Breach): Breach =>
	graph =>
		breach(new Map([...graph].filter(([, {about}]) => about === PORT)), DNS_SERVICE.namespace);
