import type {Rule} from './rule.ts';
import {SOURCES, rightText} from './sources.ts';

const list = (lines: readonly string[]): string => lines.map(line => `- ${line}`).join('\n');

const evidenceOf = ({needs, sees}: Rule): string =>
	list(
		[...needs, ...sees].map(name => {
			if (name === 'nodeEvidence') return 'what nodes say of themselves (`--nodes`, `--evidence`)';
			const {path, right} = SOURCES[name];
			return `\`${path}\`${right ? ` (${rightText(right)})` : ''}${sees.includes(name) ? ', where it can be read' : ''}`;
		}),
	);

/** The page of a rule: what, why, how to see it by hand, what to do, references. */
export const pageOf = (rule: Rule): string => `# ${rule.id}

${rule.title}.

Severity ${rule.severity}, layer ${rule.layer}.

## Why

${rule.why}

## Verify by hand

\`\`\`sh
${rule.verify.join('\n')}
\`\`\`

## Fix

${rule.fix}

## What it looks at

${evidenceOf(rule)}

## References

${list(rule.refs)}
`;

/** The table of all rules. */
export const indexOf = (rules: readonly Rule[]): string => `# Rules of vipcheck diagnose

Made from \`lib/diagnose/rules\` by \`node lib/diagnose/write-pages.ts\`; a unit test holds both together. ${rules.length} rules.

| Rule | Holds where all is well | Severity | Layer |
|---|---|---|---|
${rules.map(({id, title, severity, layer}) => `| [${id}](${id}.md) | ${title} | ${severity} | ${layer} |`).join('\n')}
`;
