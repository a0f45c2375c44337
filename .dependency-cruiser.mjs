/**
 * The architecture as a table: each folder of src and what it may import beside itself.
 * docs/architecture.md says why; an exception is a line here, with its reason.
 */
const LAYERS = {
  units: [],
  kernel: [],
  frame: [],
  keys: [],
  decode: ['kernel'],
  fields: ['units', 'kernel', 'decode'],
  sample: ['frame', 'decode', 'fields', 'units'],
  model: ['frame', 'decode', 'fields', 'kernel', 'units'],
  history: ['model', 'frame', 'decode', 'fields', 'units'],
  recording: ['history', 'model', 'sample', 'frame', 'decode', 'fields', 'kernel', 'units'],
  stuck: ['frame', 'model', 'view', 'filter', 'fields', 'decode', 'kernel', 'units'],
  findings: ['frame', 'model', 'view', 'filter', 'fields', 'decode', 'kernel', 'units'],
  view: ['model', 'fields', 'decode', 'kernel', 'units', 'keys'],
  filter: ['fields', 'decode', 'kernel', 'units'],
  recognize: ['fields', 'decode', 'kernel', 'units'],
  pages: ['view', 'model', 'fields', 'decode', 'kernel', 'units', 'keys'],
  act: ['frame', 'decode', 'fields', 'kernel', 'units'],
  app: ['act', 'pages', 'filter', 'view', 'model', 'fields', 'keys', 'kernel', 'units'],
  term: ['view', 'app', 'keys', 'units'],
  config: ['fields', 'keys', 'units'],
  out: ['pages', 'keys', 'view', 'model', 'fields', 'decode', 'kernel', 'units'],
};
const PURE = [
  'units',
  'kernel',
  'frame',
  'keys',
  'decode',
  'fields',
  'model',
  'history',
  'stuck',
  'findings',
  'view',
  'filter',
  'recognize',
  'pages',
  'app',
];

const layerRules = Object.entries(LAYERS).map(([layer, below]) => ({
  name: `layer-${layer}`,
  severity: 'error',
  from: { path: `^src/${layer}/` },
  to: { path: '^src/', pathNot: [layer, ...below].map(name => `^src/${name}/`) },
}));

const only = (name, what, where) => ({
  name,
  severity: 'error',
  from: { path: '^src/', pathNot: where.map(folder => `^src/${folder}/`) },
  to: { path: what },
});

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...layerRules,
    {
      name: 'pure-layers-import-nothing-outside',
      comment: 'decoding, model and view have no I/O, no clock and no packages (cell widths are a pure table)',
      severity: 'error',
      from: { path: `^src/(${PURE.join('|')})/` },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer'], pathNot: 'get-east-asian-width' },
    },
    only('fs-only-where-files-are-the-job', '^(node:)?fs$', ['sample', 'recording', 'act', 'config', 'term', 'cli']),
    only('child-process-only-for-the-slow-reader-and-actions', '^(node:)?child_process$', ['sample', 'act']),
    {
      name: 'app-knows-actions-only-by-name',
      severity: 'error',
      from: { path: '^src/app/' },
      to: { path: '^src/act/', pathNot: '^src/act/action.ts' },
    },
    {
      name: 'tasks-are-changed-by-perform-alone',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/act/' },
      to: { path: '^src/act/', pathNot: '^src/act/(action|absent|perform).ts' },
    },
    {
      name: 'perform-is-called-by-the-monitor-alone',
      comment: 'after a dialog was confirmed: see test/app/no-actions.test.ts',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/monitor.ts' },
      to: { path: '^src/act/perform.ts' },
    },
    only('blessed-only-in-term', 'node_modules/blessed(-contrib)?/', ['term']),
    only('chokidar-only-in-config', 'node_modules/chokidar/', ['config']),
    only('pidusage-only-in-sample', 'node_modules/pidusage/', ['sample']),
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default'] },
  },
};
