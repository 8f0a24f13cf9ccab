import tseslint from 'typescript-eslint';

/** The world is an argument (HOUSE rule 5): these are read in src/main.ts and src/cli/system.ts only. */
const world = [
  { selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']", message: 'Take the clock as an argument.' },
  { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: 'Take the clock as an argument.' },
  { selector: "MemberExpression[object.name='process'][property.name='env']", message: 'Take the environment as an argument.' },
  { selector: "CallExpression[callee.object.name='process'][callee.property.name='exit']", message: 'Return an exit code instead.' },
  { selector: 'ExportDefaultDeclaration', message: 'Name the export.' },
];

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'output/**', 'bench/out/**', '*.js', '**/*.as.ts'] },
  ...tseslint.configs.strict,
  {
    languageOptions: { parserOptions: { project: './tsconfig.json' } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-console': 'error',
    },
  },
  { files: ['src/**/*.ts'], ignores: ['src/main.ts', 'src/cli/system.ts'], rules: { 'no-restricted-syntax': ['error', ...world] } },
  { files: ['bench/**/*.ts', 'test/**/*.ts'], rules: { 'no-console': 'off' } },
);
