import { defineConfig } from '@playwright/test'
import { chromiumOnPath } from './scripts/setup-tools.mjs'

const executablePath = process.env.CHROMIUM_BIN ?? chromiumOnPath()
/** Browsers that the other systems bring along or mostly have. */
const channels: Record<string, string> = { win32: 'msedge', darwin: 'chrome' }
const channel = executablePath ? undefined : channels[process.platform]
const isRoot = process.getuid?.() === 0

export default defineConfig({
  testDir: 'e2e/browser',
  outputDir: 'test-results/browser',
  workers: 1,
  retries: 0,
  timeout: 90_000,
  forbidOnly: true,
  use: {
    ...(channel && { channel }),
    launchOptions: {
      ...(executablePath && { executablePath }),
      // Chromium's sandbox refuses to run as root.
      args: isRoot ? ['--no-sandbox'] : []
    },
    trace: 'retain-on-failure'
  }
})
