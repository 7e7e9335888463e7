import { randomUUID } from 'node:crypto'
import { open, realpath, rename, rm, stat } from 'node:fs/promises'
import type { Clock } from '../clock.ts'

/** Windows refuses a rename while a virus scanner or an indexer holds the target open; it lets go within moments. */
const heldOpen = new Set(['EPERM', 'EACCES', 'EBUSY'])
const renameTries = 5

/**
 * Writes a small text file so that readers see the old or the new content, never a part, also after a power cut.
 * A link is followed; an existing file keeps its mode, a new one gets `mode`.
 */
export async function replaceFile(path: string, text: string, clock: Clock, mode = 0o600): Promise<void> {
  const target = await realpath(path).catch(() => path)
  const keptMode = await stat(target).then(
    (found) => found.mode & 0o777,
    () => mode
  )
  const staged = `${target}.${randomUUID()}.tmp`
  try {
    await writeFlushed(staged, text, keptMode)
    await renameHeld(staged, target, clock)
  } catch (thrown) {
    await rm(staged, { force: true })
    throw thrown
  }
}

async function writeFlushed(path: string, text: string, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function renameHeld(from: string, to: string, clock: Clock): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await rename(from, to)
    } catch (thrown) {
      if (attempt === renameTries || !heldOpen.has(errnoOf(thrown))) throw thrown
    }
    await new Promise<void>((resume) => clock.after(attempt * 50, resume))
  }
}

/** The system's code of a failed call (`ENOENT`); `UNKNOWN` for anything else. */
export function errnoOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : 'UNKNOWN'
}
