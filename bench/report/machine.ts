import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, loadavg, type as systemType, totalmem } from 'node:os'
import sharp from 'sharp'
import { onPath } from '../../scripts/find-program.mjs'
import { chromiumOnPath } from '../../scripts/setup-tools.mjs'
import { memoryDir } from '../bench.ts'

/** What the figures depend on, a line each; nothing that tells whose machine it is. */
export function machineFacts(): string[] {
  const model = cpus()[0]?.model.trim() || 'unknown model'
  return [
    `Processor: ${model}, ${cpus().length} threads`,
    `Memory: ${Math.round(totalmem() / 1e9)} GB`,
    `System: ${system()}`,
    `Node ${process.versions.node} (OpenSSL ${process.versions.openssl}, SQLite ${process.versions.sqlite})`,
    `sharp ${sharp.versions.sharp ?? 'unknown'} with libvips ${sharp.versions.vips}; ${firstLineOf(onPath('vips')[0])}`,
    `Browser: ${firstLineOf(chromiumOnPath())}`,
    `Files lie in ${memoryDir === '/dev/shm' ? 'memory (a tmpfs)' : 'the temporary folder'}, unless a row says otherwise`,
    `Others' load before the run: ${loadavg()[0]?.toFixed(1)} (waiting or running programs, mean of a minute)`
  ]
}

function system(): string {
  if (process.platform !== 'linux') return systemType()
  return /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'Linux'
}

function firstLineOf(program: string | undefined): string {
  if (program === undefined) return 'none'
  return (
    execFileSync(program, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split('\n')[0] ?? ''
  )
}
