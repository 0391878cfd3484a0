import {apiShell} from '../api-shell.ts';
import type {PodWay} from './in-pod.ts';

/** By the API server's exec: needs no node access, but the right to create pods/exec. */
const byExec: PodWay = {
	name: "the API server's exec",
	open: async ({where, namespace, pod, container}, {kubeconfig}) => apiShell(kubeconfig, {namespace, pod, container}, where),
};

export default byExec;
