import { defineConfig } from '@playwright/test'
import { chromiumOptions } from './browser.ts'

// node node_modules/@playwright/test/cli.js test --config e2e/screens/playwright.config.ts
// PAGE_DIR names another built page than out/renderer.
export default defineConfig({
  testDir: '.',
  outputDir: '../../test-results/screens',
  workers: 1,
  retries: 0,
  timeout: 60_000,
  forbidOnly: true,
  use: { launchOptions: chromiumOptions(), trace: 'retain-on-failure' }
})
