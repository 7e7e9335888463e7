import { existsSync, readdirSync, renameSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type JobError, MicrotomeError } from '../../shared/errors.ts'
import type { Clock } from '../clock.ts'
import { openStorage, type Storage } from './open-storage.ts'

/** What SQLite keeps beside a database; under the database's new name it finds them again. */
const companions = ['-wal', '-shm'] as const

/**
 * Opens the database of a node as {@link openStorage} does. One that SQLite says is damaged is set aside under a name with the time,
 * whole and never deleted, and an empty one begins; everything else that keeps it from opening is thrown.
 */
export function openOrBegin(path: string, clock: Clock): { storage: Storage; setAside?: string } {
  // SQLite deletes what a database that is gone has left, and with it what was written last.
  if (!existsSync(path)) moveCompanions(path, newestBeside(path) ?? nameAt(path, clock.wallMs()))
  try {
    return { storage: openStorage(path, clock) }
  } catch (thrown) {
    if (!(thrown instanceof MicrotomeError) || thrown.code !== 'storage-damaged') throw thrown
    const setAside = moveAside(path, clock.wallMs())
    return { storage: openStorage(path, clock), setAside }
  }
}

/** What people are told as long as a database that was set aside lies beside the one at `path`; of the newest. */
export function setAsideNotice(path: string): JobError | undefined {
  const newest = newestBeside(path)
  if (newest === undefined) return undefined
  return {
    code: 'storage-set-aside',
    class: 'node',
    message: `The job storage was damaged. It is kept as ${basename(newest)}, and this node began with an empty one.`,
    hint: 'Submit again what waited and make API keys anew, or restore a backup. Then move that file out of the data folder: this goes away.'
  }
}

/** Answers the new name. A start that is killed in the middle is finished by the next one. */
function moveAside(path: string, atMs: number): string {
  const aside = nameAt(path, atMs)
  renameSync(path, aside)
  moveCompanions(path, aside)
  return basename(aside)
}

function moveCompanions(path: string, aside: string): void {
  for (const end of companions) if (existsSync(path + end)) renameSync(path + end, freeName(aside + end))
}

function nameAt(path: string, atMs: number): string {
  return freeName(`${path}.damaged-${new Date(atMs).toISOString().replace(/[-:.]/g, '')}`)
}

function freeName(name: string, tries = 1): string {
  const next = tries === 1 ? name : `${name}-${tries}`
  return existsSync(next) ? freeName(name, tries + 1) : next
}

function newestBeside(path: string): string | undefined {
  const folder = dirname(path)
  const prefix = `${basename(path)}.damaged-`
  const isOne = (name: string) => name.startsWith(prefix) && /^\d{8}T\d{9}Z(-\d+)?$/.test(name.slice(prefix.length))
  const names = existsSync(folder) ? readdirSync(folder).filter(isOne) : []
  const newest = names.sort().at(-1)
  return newest === undefined ? undefined : join(folder, newest)
}
