import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { LaunchOptions } from '@playwright/test'

const names = ['chromium', 'chromium-browser', 'google-chrome']
const quiet = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync'
]

/** How the Chromium that is on PATH is started; it calls nobody. Throws where there is none. */
export function chromiumOptions(): LaunchOptions {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const executablePath = folders.flatMap((dir) => names.map((name) => join(dir, name))).find(existsSync)
  if (executablePath === undefined) throw new Error(`None of ${names.join(', ')} is on PATH; install Chromium.`)
  // Chromium's sandbox refuses to run as root.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  return { executablePath, args: [...sandbox, ...quiet] }
}
