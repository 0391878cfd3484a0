/** The keywords of JSON Schema 2020-12 that docs/run.schema.json uses; any other throws, so that none is passed over. */
type Schema = {readonly [keyword: string]: unknown};

const SAID_ONLY = new Set(['$schema', 'title', 'description', '$defs']);

const typeOf = (value: unknown): string => (Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value);

/** What is wrong with a value by a schema, a line each with its place. Throws RangeError for a keyword that it does not know. */
export const faultsBySchema = (value: unknown, schema: Schema, root: Schema = schema, at = '$'): readonly string[] =>
	Object.entries(schema).flatMap(([keyword, wanted]): readonly string[] => {
		if (SAID_ONLY.has(keyword)) return [];
		const fields = typeOf(value) === 'object' ? (value as Readonly<Record<string, unknown>>) : {};
		switch (keyword) {
			case '$ref': {
				const name = String(wanted).replace('#/$defs/', '');
				return faultsBySchema(value, (root['$defs'] as Readonly<Record<string, Schema>>)[name] ?? {missing: name}, root, at);
			}
			case 'type':
				return typeOf(value) === wanted ? [] : [`${at}: ${typeOf(value)} instead of ${String(wanted)}`];
			case 'const':
				return value === wanted ? [] : [`${at}: ${JSON.stringify(value)} instead of ${JSON.stringify(wanted)}`];
			case 'enum':
				return (wanted as readonly unknown[]).includes(value) ? [] : [`${at}: ${JSON.stringify(value)} is none of its values`];
			case 'required':
				return (wanted as readonly string[]).filter(name => !(name in fields)).map(name => `${at}: ${name} is missing`);
			case 'properties':
				return Object.entries(wanted as Readonly<Record<string, Schema>>).flatMap(([name, own]) =>
					name in fields ? faultsBySchema(fields[name], own, root, `${at}.${name}`) : [],
				);
			case 'additionalProperties': {
				const known = Object.keys((schema['properties'] as object | undefined) ?? {});
				const others = Object.entries(fields).filter(([name]) => !known.includes(name));
				return others.flatMap(([name, own]) =>
					wanted === false ? [`${at}: ${name} is not known`] : faultsBySchema(own, wanted as Schema, root, `${at}.${name}`),
				);
			}
			case 'items':
				return Array.isArray(value) ? value.flatMap((item, n) => faultsBySchema(item, wanted as Schema, root, `${at}[${n}]`)) : [];
			case 'oneOf': {
				const all = (wanted as readonly Schema[]).map(one => faultsBySchema(value, one, root, at));
				return all.filter(faults => faults.length === 0).length === 1
					? []
					: [`${at}: fits not exactly one: ${all.flat().join('; ')}`];
			}
			default:
				throw new RangeError(`${at}: JSON Schema keyword ${keyword} is not known`);
		}
	});
