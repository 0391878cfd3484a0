import stylistic from '@stylistic/eslint-plugin';
import tseslint from 'typescript-eslint';

export default tseslint.config(
	{ignores: ['node_modules/', 'runs/', 'vipcheck-report/']},
	...tseslint.configs.recommended.map(config => ({...config, files: ['**/*.ts']})),
	{
		files: ['**/*.ts'],
		plugins: {'@stylistic': stylistic},
		languageOptions: {parserOptions: {projectService: true, tsconfigRootDir: import.meta.dirname}},
		rules: {
			'@typescript-eslint/no-floating-promises': 'error',
			'@typescript-eslint/no-misused-promises': 'error',
			'@typescript-eslint/await-thenable': 'error',
			'@typescript-eslint/switch-exhaustiveness-check': 'error',
			'@typescript-eslint/only-throw-error': 'error',
			'@typescript-eslint/no-unnecessary-condition': 'off',
			'no-empty': ['error', {allowEmptyCatch: false}],
			'preserve-caught-error': 'error',
			eqeqeq: 'error',
			// What Prettier leaves to the author: a type of more than two fields stands on lines of its own.
			'@stylistic/object-curly-newline': ['error', {TSTypeLiteral: {minProperties: 3, multiline: true, consistent: true}}],
		},
	},
	{
		// Strings and comments, which Prettier leaves as they are. Tables of tests are read in rows.
		files: ['**/*.ts'],
		ignores: ['**/*.test.ts', '**/fixtures/**'],
		rules: {'@stylistic/max-len': ['error', {code: 140, tabWidth: 4}]},
	},
);
