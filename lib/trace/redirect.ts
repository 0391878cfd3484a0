import {ipOf} from './ip.ts';
import type {Path, Trail, Walk} from './path.ts';

/** To the node itself: the address of the interface that the packet came in by, or loopback's. */
export const redirected = (path: Path, {place}: Walk, port: number | undefined, trail: Trail): Path | undefined => {
	const address =
		path.from === 'node' ? ipOf(path.destination.family === 'ipv4' ? '127.0.0.1' : '::1') : place.addressOf(path.destination.family);
	return (
		address && {
			...path,
			destination: address,
			port: port ?? path.port,
			redirected: trail,
			decided: {...path.decided, destination: true},
		}
	);
};
