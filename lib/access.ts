/** A program that runs containers and takes docker's command line. */
export type Engine = 'docker' | 'podman' | 'nerdctl';

/**
 * How a host is logged in to by ssh. Its key must be known: by a file in the form of OpenSSH's known_hosts, or by fingerprints
 * (`SHA256:…`).
 */
export type SshLogin = {
	readonly host: string;
	readonly port?: number;
	readonly user: string;
	/** File of the private key; left out: the agent at `agent` (a socket). */
	readonly key?: string;
	readonly agent?: string;
	readonly knownHosts?: string;
	readonly fingerprints?: readonly string[];
};

/**
 * How a machine is reached, as plain JSON: each kind is a file of lib/shell/transports. No secret is in it: where a key lies, never
 * what it is.
 */
export type Access =
	/** Enter the namespaces of the process whose pid the file holds (it changes when the machine reboots). */
	| {readonly kind: 'nsenter'; readonly pidFile: string}
	/**
	 * Through a machine of the kind above: a client there has the agent of this one run programs. Its arguments follow those of the
	 * client.
	 */
	| {
			readonly kind: 'agent';
			readonly through: {readonly kind: 'nsenter'; readonly pidFile: string};
			readonly client: readonly string[];
	  }
	/** This very machine. */
	| {readonly kind: 'local'}
	/** A container is the machine. `host`: the engine's own address (DOCKER_HOST), where it is not the default. */
	| {
			readonly kind: 'container';
			readonly engine: Engine;
			readonly name: string;
			readonly host?: string;
	  }
	/** Over ssh, through a bastion where there is one. `sudo`: commands are run by `sudo -n`. */
	| (SshLogin & {
			readonly kind: 'ssh';
			readonly sudo?: boolean;
			readonly bastion?: SshLogin;
	  })
	/** A pod of the machine's own network (kube-proxy's), or one that leads to the machine: `prefix` is then put before every command. */
	| {
			readonly kind: 'pod';
			readonly kubeconfig: string;
			readonly namespace: string;
			readonly pod: string;
			readonly container: string;
			readonly prefix?: readonly string[];
	  };
