/** Splits `10.0.0.1:80`, `[fd00::1]:80`, `*:80`, `127.0.0.53%lo:53`, `[fe80::1]%eth0:546`. Undefined for other texts. */
export const hostPort = (
	text: string,
):
	| {
			readonly host: string;
			readonly port: number;
			readonly device?: string;
	  }
	| undefined => {
	const {bracketed, bare, inner, outer, port} =
		/^(?:\[(?<bracketed>[^\]%]+)(?:%(?<inner>[^\]]+))?\]|(?<bare>[^:%\s]+))(?:%(?<outer>[^:\s]+))?:(?<port>\d{1,5})$/.exec(text)
			?.groups ?? {};
	const host = bracketed ?? bare;
	const device = inner ?? outer;
	return host === undefined || Number(port) > 65_535 ? undefined : {host, port: Number(port), ...(device === undefined ? {} : {device})};
};
