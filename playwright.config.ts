import { defineConfig } from '@playwright/test'
import { chromiumOnPath } from './scripts/setup-tools.mjs'

const executablePath = process.env.CHROMIUM_BIN ?? chromiumOnPath()
/** Browsers that the other systems bring along or mostly have. */
const channels: Record<string, string> = { win32: 'msedge', darwin: 'chrome' }
const channel = executablePath ? undefined : channels[process.platform]
const isRoot = process.getuid?.() === 0

export default defineConfig({
  // `browser`: the page against real nodes. `screens`: against a synthetic one, in states that real nodes are rarely in.
  testDir: 'e2e',
  testMatch: ['browser/**/*.spec.ts', 'screens/**/*.spec.ts'],
  outputDir: 'test-results/browser',
  workers: 2,
  fullyParallel: true,
  retries: 0,
  // Nobody but a hang meets them: a machine that is several times slower is not a failed test.
  timeout: 240_000,
  expect: { timeout: 60_000 },
  forbidOnly: true,
  use: {
    ...(channel && { channel }),
    launchOptions: {
      ...(executablePath && { executablePath }),
      // Chromium's sandbox refuses to run as root.
      args: isRoot ? ['--no-sandbox'] : []
    },
    // Tracing takes a quarter more of the processor; `--trace retain-on-failure` turns it on.
    screenshot: 'only-on-failure'
  }
})
