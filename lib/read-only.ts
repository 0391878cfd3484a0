/** The one thing that is asked by POST: it creates nothing. */
export const REVIEW_PATH = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

/** A GET of these acts: it runs a program, opens a tunnel, or passes a request on to whoever listens. */
const ACTS = /\/(?:pods|services|nodes)\/[^/]+\/(?:exec|attach|portforward|proxy)(?:\/|$)/;
const SECRETS = /^\/api\/v1\/(?:watch\/)?(?:namespaces\/[^/]+\/)?secrets(?:\/|$)/;

/**
 * Every request of a read-only client goes through here, just before it is sent. Throws Error for what is not one of GET and
 * SelfSubjectAccessReview, for a GET that does more than read, and for Secrets: no caller has a reason for any of them, so it is a bug.
 */
export const refuseWrites = (verb: string, path: string): void => {
	const plain = decodeURIComponent(path);
	const reads = verb === 'GET' && !ACTS.test(plain) && !SECRETS.test(plain);
	if (!reads && !(verb === 'POST' && path === REVIEW_PATH)) throw new Error(`a read-only client does not send ${verb} ${path}`);
};
