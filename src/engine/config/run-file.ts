import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import { replaceFile } from './replace-file.ts'

/** How the CLI and the desktop reach the engine that runs on a data folder; `token` opens its local door. */
export const runInfo = z.object({
  pid: z.number().int(),
  uiPort: z.number().int(),
  token: z.string(),
  nodeId: z.string(),
  startedAtMs: z.number()
})
export type RunInfo = z.infer<typeof runInfo>

const pathIn = (dir: string) => join(dir, 'run.json')

/**
 * Who runs on a data folder; undefined where nobody does. After a SIGKILL it still names the dead engine: whoever can't connect
 * to `uiPort` should take it as not running.
 */
export function readRunFile(dir: string): RunInfo | undefined {
  try {
    return runInfo.safeParse(JSON.parse(readFileSync(pathIn(dir), 'utf8'))).data
  } catch {
    // Absent, unreadable or not JSON: for the reader, nobody runs.
    return undefined
  }
}

export async function writeRunFile(dir: string, info: RunInfo, clock: Clock): Promise<void> {
  await replaceFile(pathIn(dir), `${JSON.stringify(runInfo.parse(info))}\n`, clock)
}

export function removeRunFile(dir: string): void {
  rmSync(pathIn(dir), { force: true })
}
