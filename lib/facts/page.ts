/** What kube-proxy answered on one of its ports. */
export type Page = {readonly status: number; readonly body: string};

/** Takes the status off the end of what curl wrote (see argv.ts); undefined when there is none. */
export const pageOf = (text: string): Page | undefined => {
	const [, body, status] = /^([\s\S]*)\n(\d{3})\s*$/.exec(text) ?? [];
	return body === undefined || status === undefined ? undefined : {status: Number(status), body};
};
