import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** Fails a test file that leaves a timer, socket, process or temporary file behind; waits longer than a second for conditions. */
const setupFiles = ['leaks', 'patience'].map((name) =>
  fileURLToPath(new URL(`e2e/support/${name}.ts`, import.meta.url))
)
/** Nobody but a hang meets them: a machine that is ten times slower is not a failed test. */
const patience = { testTimeout: 120_000, hookTimeout: 60_000, expect: { poll: { timeout: 30_000 } } }
/** Real processes wait for each other most of the time, so three files share two cores well. */
const slow = { setupFiles, ...patience, maxWorkers: 3 }

export default defineConfig({
  test: {
    // For `npm run coverage` only. What runs in children and worker threads of the tests is not seen.
    coverage: {
      provider: 'v8',
      include: ['src/{services,engine,converters}/**/*.ts'],
      exclude: ['**/*.test.ts', '**/*.fixture.ts', '**/testing/**', '**/fake-*.ts'],
      reporter: ['text-summary', 'json-summary'],
      reportsDirectory: 'coverage',
      reportOnFailure: true
    },
    projects: [
      {
        test: {
          name: 'unit',
          setupFiles,
          include: [
            'src/**/*.test.ts',
            'src/**/*.test.tsx',
            'scripts/**/*.test.ts',
            'e2e/support/*.test.ts',
            'bench/**/*.test.ts'
          ],
          ...patience,
          maxWorkers: 4
        }
      },
      { test: { ...slow, name: 'nodes', include: ['e2e/nodes/**/*.test.ts'] } },
      { test: { ...slow, name: 'desktop', include: ['e2e/desktop/**/*.test.ts'] } }
    ]
  }
})
