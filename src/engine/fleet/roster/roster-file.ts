import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { type RosterEntry, rosterEntry } from '../../../shared/contract/peer.ts'
import { MicrotomeError } from '../../../shared/errors.ts'
import { writePrivateFile } from '../../identity/index.ts'

const FILE = 'roster.json'
const rosterFile = z.object({ version: z.literal(1), entries: z.array(rosterEntry) })

/** The entries on disk; none at the first start. Throws `damaged-roster`; a damaged file stays as it is. */
export function readRoster(dataDir: string): RosterEntry[] {
  const path = join(dataDir, FILE)
  if (!existsSync(path)) return []
  try {
    return rosterFile.parse(JSON.parse(readFileSync(path, 'utf8'))).entries
  } catch (cause) {
    throw new MicrotomeError(
      {
        code: 'damaged-roster',
        class: 'node',
        message: `The list of paired computers in ${FILE} can't be read.`,
        hint: `Restore ${FILE} in the data folder from a backup, or delete it and pair this computer again.`
      },
      { cause }
    )
  }
}

/** On disk when it returns. */
export function writeRoster(dataDir: string, entries: Iterable<RosterEntry>): void {
  writePrivateFile(join(dataDir, FILE), `${JSON.stringify({ version: 1, entries: [...entries] }, undefined, 1)}\n`)
}
