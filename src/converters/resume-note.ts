import { createHash } from 'node:crypto'
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Profile } from '../shared/domain/profiles.ts'
import type { SourceFile } from './converter.ts'
import { sourceUnreadable } from './failures.ts'

/**
 * A note in scratch of the task that works there, so that a child that takes the place of a killed one knows whether
 * what it finds is of the very same task: same options, same source, unchanged since.
 */
const fileName = 'task.json'
/** What converters write down beside the note for whoever takes a task up (`repairs.journal`, `bigtiff.journal`). */
const journalEnd = '.journal'

/** True where the note in scratch is of this task. */
export async function isSameTask(scratchDir: string, profile: Profile, source: SourceFile): Promise<boolean> {
  const noted = await readFile(join(scratchDir, fileName), 'utf8').catch(() => undefined)
  return noted !== undefined && noted === (await noteOf(profile, source))
}

/** Leaves the note, once nothing is left that was written down of another task. */
export async function noteTask(scratchDir: string, profile: Profile, source: SourceFile): Promise<void> {
  await forgetTask(scratchDir)
  await writeFile(join(scratchDir, fileName), await noteOf(profile, source))
}

/** Takes it away, and the journals of its task: what is in scratch is of no more use. */
export async function forgetTask(scratchDir: string): Promise<void> {
  // The note first: whoever is killed in between leaves no task to take up.
  await rm(join(scratchDir, fileName), { force: true })
  // A folder that is gone holds none.
  for (const name of await readdir(scratchDir).catch(() => []))
    if (name.endsWith(journalEnd)) await rm(join(scratchDir, name), { force: true })
}

async function noteOf(profile: Profile, { path, sizeBytes }: SourceFile): Promise<string> {
  const { mtimeMs } = await stat(path).catch((error: unknown) => {
    throw sourceUnreadable('The file is no longer there.', 'Check whether it was moved or deleted.', error)
  })
  const options = Object.entries(profile.options).sort(([a], [b]) => (a < b ? -1 : 1))
  const task = JSON.stringify({ name: profile.name, options, path, sizeBytes, mtimeMs })
  return createHash('sha256').update(task).digest('hex')
}
