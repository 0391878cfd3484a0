import tseslint from 'typescript-eslint';

export default tseslint.config(
	{ignores: ['node_modules/', 'runs/', 'vipcheck-report/']},
	...tseslint.configs.recommended.map(config => ({...config, files: ['**/*.ts']})),
	{
		files: ['**/*.ts'],
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
		},
	},
);
