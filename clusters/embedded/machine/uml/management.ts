/**
 * How commands come into a machine: by a link of its own to the switch, which is in no bridge. The addresses are link-local ones (RFC
 * 3927).
 */
export type Management = {
	/** Name of the link at the switch. */
	readonly link: string;
	/** Addresses at the switch and in the machine. */
	readonly central: string;
	readonly own: string;
};

export const AGENT_PORT = 7000;

/** A name of a link has at most 15 characters (IFNAMSIZ); `control-plane` has 13. */
export const managementOf = (name: string, slot: number): Management => ({
	link: `m-${name}`,
	central: `169.254.${slot}.1`,
	own: `169.254.${slot}.2`,
});
