/** What only tests use: beside the code, fixtures, the suites that every store must pass. */
const test = '\\.(test|fixture)\\.tsx?$|/testing/|/contracts/|^src/engine/fake-clock\\.ts$'

/** Folders of ours that an area may import besides itself; docs/architecture.md draws them. */
const arrows = {
  shared: [],
  engine: ['src/shared/'],
  converters: ['src/shared/'],
  services: ['src/shared/', 'src/engine/service-api\\.ts$'],
  cli: ['src/shared/', 'src/engine/', 'src/services/'],
  main: ['src/shared/'],
  preload: ['src/shared/'],
  renderer: ['src/shared/']
}

/**
 * What may be entered besides an index.ts: interfaces without code that several engine folders speak, and one part that lives in
 * another's folder with an index of its own. A new one is a decision, not a convenience.
 */
const ports = [
  'src/engine/dispatch/dispatch-api\\.ts',
  'src/engine/fleet/peer-worker/index\\.ts',
  'src/engine/fleet/peer-link\\.ts',
  'src/engine/jobs/job-store\\.ts',
  'src/engine/keys/keys-api\\.ts',
  'src/engine/leases/lease-store\\.ts',
  'src/engine/scheduler/worker-port\\.ts'
]

const areaRules = Object.entries(arrows).map(([area, allowed]) => ({
  name: `${area}-arrows`,
  comment: `src/${area} may import of ours only ${[`src/${area}/`, ...allowed].join(', ')}.`,
  severity: 'error',
  from: { path: `^src/${area}/`, ...(area === 'services' && { pathNot: test }) },
  to: { path: '^(src|e2e|bench|scripts|bin)/', pathNot: `^(${[`src/${area}/`, ...allowed].join('|')})` }
}))

export default {
  forbidden: [
    ...areaRules,
    {
      name: 'siblings-by-index',
      comment: 'An engine folder is entered through its index.ts (or one of the ports), never deeper.',
      severity: 'error',
      from: { path: '^src/engine/([^/]+)/', pathNot: test },
      to: {
        path: '^src/engine/[^/]+/.+',
        pathNot: ['^src/engine/$1/', '^src/engine/[^/]+/index\\.ts$', ...ports.map((port) => `^${port}$`)]
      }
    },
    {
      name: 'engine-by-index',
      comment: 'From outside, too, an engine folder is entered through its index.ts.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/engine/[^/]+/', '^src/engine/start-engine\\.ts$', test] },
      to: {
        path: '^src/engine/[^/]+/.+',
        pathNot: ['^src/engine/[^/]+/index\\.ts$', ...ports.map((port) => `^${port}$`)]
      }
    },
    {
      name: 'start-engine-by-index',
      comment: 'start-engine.ts takes the parts through their index.ts; wiring/ is the rest of itself.',
      severity: 'error',
      from: { path: '^src/engine/start-engine\\.ts$' },
      to: {
        path: '^src/engine/[^/]+/.+',
        pathNot: ['^src/engine/[^/]+/index\\.ts$', '^src/engine/wiring/', ...ports.map((port) => `^${port}$`)]
      }
    },
    {
      name: 'only-the-desktop-knows-electron',
      comment: 'The engine runs on plain Node; Electron belongs to src/main and src/preload.',
      severity: 'error',
      from: { path: '^(src|bin|scripts)/', pathNot: '^src/(main|preload)/' },
      to: { path: '^electron$|^electron/|node_modules/electron/' }
    },
    {
      name: 'no-cycles',
      comment: 'Modules that import each other in a circle can only be understood, loaded and tested together.',
      severity: 'error',
      from: { path: '^(src|e2e|bench|scripts|bin)/' },
      to: { circular: true }
    },
    {
      name: 'product-without-dev-dependencies',
      comment: 'What ships may not need what is installed for development only.',
      severity: 'error',
      from: { path: '^(src/(shared|engine|converters|services|cli)|bin)/', pathNot: test },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] }
    },
    {
      name: 'resolvable',
      comment: 'An import that resolves to nothing hides every rule about it.',
      severity: 'error',
      from: { path: '^(src|e2e|bench|scripts|bin)/' },
      to: { couldNotResolve: true, pathNot: '^electron$' }
    },
    {
      name: 'tests-stay-apart',
      comment: 'What ships imports no test and no fixture.',
      severity: 'error',
      from: { path: '^src/', pathNot: test },
      to: { path: test }
    }
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(out|dist|node_modules/\\.cache)/' },
    tsPreCompilationDeps: true,
    detectProcessBuiltinModuleCalls: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json', '.css', '.d.ts']
    }
  }
}
