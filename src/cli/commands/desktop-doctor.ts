import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../../engine/clock.ts'
import { Launcher } from '../../engine/process/index.ts'
import { type Check, check } from '../../shared/contract/local.ts'
import { productDir } from '../entry-paths.ts'
import { silentLog } from './offline-doctor.ts'

const timeoutMs = 30_000

/** Starts the real Electron with its window and tray; each step as a check. */
export async function checkDesktop(): Promise<Check[]> {
  const binary = electronBinary()
  if (binary === undefined)
    return [
      {
        name: 'desktop: Electron',
        status: 'failed',
        detail: "Electron's binary is not there.",
        hint: 'Run "npx --no install-electron" where github.com can be reached; the page in the browser does the same work.'
      }
    ]
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY)
    return [
      {
        name: 'desktop: display',
        status: 'failed',
        detail: 'Neither DISPLAY nor WAYLAND_DISPLAY names a display.',
        hint: 'Run this in a desktop session.'
      }
    ]
  return runDesktop(binary)
}

/** Found by its file: importing the package `electron` would start a download. */
function electronBinary(): string | undefined {
  const folder = join(productDir, 'node_modules', 'electron')
  const pathFile = join(folder, 'path.txt')
  if (!existsSync(pathFile)) return undefined
  const binary = join(folder, 'dist', readFileSync(pathFile, 'utf8').trim())
  return existsSync(binary) ? binary : undefined
}

async function runDesktop(binary: string): Promise<Check[]> {
  const launcher = new Launcher({ clock: systemClock, log: silentLog, platform: process.platform })
  // Chromium's sandbox refuses to run as root.
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const { code, stdout, stderr } = await launcher.run(binary, [productDir, ...asRoot, '--doctor'], { timeoutMs })
  const steps = stdout.split('\n').flatMap(stepOf)
  if (code === 0 && steps.length > 0) return steps
  const detail = stderr.trim().split('\n').at(-1) || `exit code ${code}`
  return [
    ...steps,
    {
      name: 'desktop: run',
      status: 'failed',
      detail,
      hint: 'Start it with "npm start -- --desktop" and read what it says.'
    }
  ]
}

/** The main process prints a check per line; what Chromium prints in between is none. */
function stepOf(line: string): Check[] {
  if (!line.startsWith('{')) return []
  try {
    return [check.parse(JSON.parse(line))]
  } catch {
    // A line cut short by a crash; the exit code tells of it.
    return []
  }
}
