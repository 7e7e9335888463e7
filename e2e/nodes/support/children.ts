import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Pids of the converter children of a node. */
export async function childrenOf(pid: number): Promise<number[]> {
  const { stdout } = await run('pgrep', ['-P', String(pid)]).catch(() => ({ stdout: '' }))
  const pids = stdout.split('\n').filter(Boolean).map(Number)
  const commands = await Promise.all(
    pids.map((child) => run('ps', ['-o', 'args=', '-p', String(child)]).catch(() => ({ stdout: '' })))
  )
  return pids.filter((_, index) => commands[index]?.stdout.includes('converters/child'))
}
