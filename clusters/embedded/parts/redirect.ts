import {TransferError} from './transfer-error.ts';

/** Where a redirect leads, if one may go there: from https to https only. Throws TransferError. */
export const redirected = (from: URL, location: string | null): URL => {
	const to = location === null ? null : URL.parse(location, from.href);
	if (!to) throw new TransferError(`${from} redirects to ${location === null ? 'no place' : JSON.stringify(location)}`, {passing: false});
	if (to.protocol !== 'https:' && (to.protocol !== 'http:' || from.protocol !== 'http:'))
		throw new TransferError(`${from} redirects to ${to}, which is not https`, {passing: false});
	return to;
};
