import {readFileSync} from 'node:fs';
import {stripTypeScriptTypes} from 'node:module';

/** prober.ts without its types: plain JavaScript for any Node >= 20. */
export const proberSource = (): string => {
	const source = readFileSync(new URL('./prober.ts', import.meta.url), 'utf8');
	// The function warns on each first use that it is experimental; that is for us to know, not for whoever reads the output.
	const {emitWarning} = process;
	process.emitWarning = () => undefined;
	try {
		return stripTypeScriptTypes(source);
	} finally {
		process.emitWarning = emitWarning;
	}
};
