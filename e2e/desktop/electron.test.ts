import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron, type ElectronApplication, type Page } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isBuilt, root } from './support/desktop-process.ts'

/** Found by its file: importing the package starts a download. */
function electronBinary(): string | undefined {
  const folder = join(root, 'node_modules', 'electron')
  const pathFile = join(folder, 'path.txt')
  if (!existsSync(pathFile)) return undefined
  const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist')
  const binary = join(dist, readFileSync(pathFile, 'utf8').trim())
  return existsSync(binary) ? binary : undefined
}

const binary = electronBinary()
const hasDisplay = process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
const reasons = [
  ...(isBuilt ? [] : ['the desktop is not built']),
  ...(binary ? [] : ["Electron's binary is not there"]),
  ...(hasDisplay ? [] : ['there is no display'])
]
if (reasons.length > 0) console.log(`The real Electron is not tested: ${reasons.join(', ')}.`)

describe.skipIf(reasons.length > 0)('the real Electron', () => {
  let dir = ''
  let app: ElectronApplication
  let page: Page

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'microtome-electron-'))
    // Chromium's sandbox refuses to run as root.
    const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []
    const args = [root, ...asRoot, `--data=${join(dir, 'data')}`, '--port=0', '--interface=none']
    app = await _electron.launch({ ...(binary && { executablePath: binary }), args, cwd: dir })
    page = await app.firstWindow()
  })
  afterAll(async () => {
    await app?.close()
    rmSync(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  })

  test('shows the page from its own protocol, with the bridge and nothing of Node', async () => {
    expect(page.url()).toBe('microtome://app/')
    const seen = await page.evaluate(() => ({
      bridge: typeof Reflect.get(window, 'microtome'),
      node: [typeof Reflect.get(window, 'require'), typeof Reflect.get(window, 'process')]
    }))
    expect(seen).toEqual({ bridge: 'object', node: ['undefined', 'undefined'] })
  })

  test('reaches its engine over the socket', async () => {
    await page.getByText('Try it with a sample').waitFor()
  })

  test('lets the page load nothing from elsewhere', async () => {
    const failed = await page.evaluate(() =>
      fetch('https://example.org/').then(
        () => false,
        () => true
      )
    )
    expect(failed).toBe(true)
  })

  test('opens no window and goes nowhere', async () => {
    await page.evaluate(() => window.open('https://example.org/'))
    await page.evaluate(() => window.location.assign('https://example.org/'))
    expect(page.url()).toBe('microtome://app/')
    expect(app.windows()).toHaveLength(1)
  })

  test('hides when it is closed', async () => {
    const isVisible = await app.evaluate(async ({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows()
      window?.close()
      return window?.isVisible()
    })
    expect(isVisible).toBe(false)
  })
})
