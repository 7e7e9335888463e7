import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './desktop-process.ts'

/** Where @electron/fuses looks for the switches in Electron's binary, and their state as Electron ships it. */
const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
const shipped = '101100010'

export interface Outcome {
  code: number
  output: string
}

/**
 * Packs the build for Linux around a stand-in for Electron's binary, of which electron-builder knows nothing but its switches.
 * All else is real: what is packed, where it lies, what is in the archive.
 */
export function packApp(dir: string, more: string[] = []): Promise<Outcome> {
  const dist = join(dir, 'electron')
  mkdirSync(join(dist, 'resources'), { recursive: true })
  const wire = Buffer.from([1, shipped.length])
  const parts = [Buffer.alloc(64), Buffer.from(sentinel), wire, Buffer.from(shipped), Buffer.alloc(64)]
  writeFileSync(join(dist, 'electron'), Buffer.concat(parts), { mode: 0o755 })
  for (const file of ['LICENSE', 'LICENSES.chromium.html', 'chrome-sandbox', 'chrome_crashpad_handler'])
    writeFileSync(join(dist, file), '')
  const options = [`-c.electronDist=${dist}`, `-c.directories.output=${join(dir, 'dist')}`, ...more]
  const cli = join(root, 'node_modules/electron-builder/cli.js')
  return run(process.execPath, [cli, '--linux', 'dir', '--publish', 'never', ...options], root, { TMPDIR: dir })
}

/** Whether each switch is on, in the order of Electron's `FuseV1Options`. */
export function fusesOf(binary: Buffer): boolean[] {
  const at = binary.indexOf(sentinel) + sentinel.length + 2
  return [...binary.subarray(at, at + shipped.length).toString('latin1')].map((state) => state === '1')
}

/** Runs a program to its end. */
export function run(file: string, args: string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 64 * 2 ** 20 }
  return new Promise((resolve) =>
    execFile(file, args, options, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? 1) : 0, output: `${stdout}${stderr}` })
    )
  )
}
