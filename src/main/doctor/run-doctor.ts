import type { BrowserWindow, BrowserWindowConstructorOptions } from 'electron'
import { toJobError } from '../../shared/errors.ts'

/** A line of `--doctor`: readable by scripts (`step`, `ok`), and a check of the local contract for `microtome doctor --desktop`. */
export interface DoctorStep {
  event: 'step'
  step: string
  ok: boolean
  detail: string
  /** As in the contract's `check`. */
  name: string
  status: 'ok' | 'failed'
}

type Page = Pick<BrowserWindow, 'loadURL' | 'show' | 'isVisible' | 'destroy'> & {
  webContents: Pick<BrowserWindow['webContents'], 'executeJavaScript'>
}

export interface DoctorParts {
  versions: { electron?: string | undefined; chrome?: string | undefined }
  findNode(): Promise<string>
  createWindow(options: BrowserWindowConstructorOptions): Page
  windowOptions: BrowserWindowConstructorOptions
  url: string
  /** Puts the icon into the tray; throws where that fails. */
  showTray(): { destroy(): void }
  say(step: DoctorStep): void
}

/** Starts window and tray once and says of each step whether it went well. Answers whether all did. */
export async function runDoctor(parts: DoctorParts): Promise<boolean> {
  const step = async (name: string, run: () => Promise<string> | string): Promise<boolean> => {
    const outcome = await attempt(run)
    parts.say({ event: 'step', step: name, ...outcome, name: `desktop: ${name}`, status: outcome.ok ? 'ok' : 'failed' })
    return outcome.ok
  }
  const { electron = 'unknown', chrome = 'unknown' } = parts.versions
  const results = [
    await step('Electron', () => `${electron} with Chromium ${chrome}`),
    await step('Node for the engine', () => parts.findNode()),
    ...(await checkWindow(parts, step)),
    await step('tray', () => {
      parts.showTray().destroy()
      return 'The icon was put into the tray.'
    })
  ]
  return results.every((ok) => ok)
}

async function checkWindow(
  parts: DoctorParts,
  step: (name: string, run: () => Promise<string> | string) => Promise<boolean>
): Promise<boolean[]> {
  const window = parts.createWindow(parts.windowOptions)
  const shown = await step('window', async () => {
    await window.loadURL(parts.url)
    window.show()
    if (!window.isVisible()) throw new Error('The window did not become visible.')
    return 'The page was loaded and shown.'
  })
  const bridged = await step('bridge', async () => {
    const platform: unknown = await window.webContents.executeJavaScript('window.microtome?.platform')
    if (typeof platform !== 'string') throw new Error('The preload gave the page no bridge.')
    return `The page reaches the desktop (${platform}).`
  })
  window.destroy()
  return [shown, bridged]
}

async function attempt(run: () => Promise<string> | string): Promise<{ ok: boolean; detail: string }> {
  try {
    return { ok: true, detail: await run() }
  } catch (thrown) {
    return { ok: false, detail: toJobError(thrown).message }
  }
}
