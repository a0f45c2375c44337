import tseslint from 'typescript-eslint';

const noClock = {
  selector:
    "CallExpression[callee.object.name='Date'][callee.property.name='now'], NewExpression[callee.name='Date'][arguments.length=0]",
  message: "Only src/sample, src/term and src/cli read a clock: pass the sample's time.",
};
const noExit = {
  selector: "CallExpression[callee.object.name='process'][callee.property.name='exit']",
  message: 'Only src/cli and src/term end the process.',
};
const noConsole = {
  selector: "MemberExpression[object.name='console']",
  message: 'stdout and stderr belong to src/cli (and the screen).',
};

const noLetExport = {
  selector: "ExportNamedDeclaration > VariableDeclaration[kind!='const']",
  message: 'Parts of the bundle take what they import as constants.',
};

export default tseslint.config(
  {
    ignores: [
      'build',
      'dist',
      'node_modules',
      'test/fixtures',
      'scripts/**',
      'bench/**',
      'bin/**',
      '*.mjs',
      'eslint.config.js',
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'no-restricted-syntax': ['error', noClock, noExit, noConsole, noLetExport],
    },
  },
  { files: ['src/sample/**', 'test/**'], rules: { 'no-restricted-syntax': ['error', noExit, noConsole, noLetExport] } },
  { files: ['src/term/**'], rules: { 'no-restricted-syntax': ['error', noConsole, noLetExport] } },
  { files: ['src/cli/**'], rules: { 'no-restricted-syntax': ['error', noLetExport] } },
  { files: ['test/**'], rules: { '@typescript-eslint/no-floating-promises': 'off' } },
);
