import { join } from 'node:path'
import { MicrotomeError } from '../../../shared/errors.ts'
import type { CommitJournal } from '../job-store.ts'
import { type CommitPlace, ignoresCase, nameKey } from './commit-place.ts'
import { nameTaken } from './file-errors.ts'
import { resultBaseName, safeBaseName } from './file-name.ts'
import { look } from './moves.ts'
import type { NameReservations } from './name-reservations.ts'
import { mayReplace } from './replacing.ts'
import type { ResultToName, Target } from './result-to-name.ts'
import { replacedFolder } from './staging.ts'

/** What converters call their results. */
const stagedBase = 'result'
const mostNumbers = 100_000

/**
 * Decides the final names: every staged "result*" becomes "<source>*" (or what was chosen instead), all with the same " (2)" where one of them is taken. They
 * stay reserved for the staging folder until released. Throws class `input`: `would-replace-source`, `destination-taken` (a
 * folder where a file should go, or the other way round).
 */
export async function planCommit(
  place: CommitPlace,
  reservations: NameReservations,
  result: ResultToName
): Promise<CommitJournal> {
  const stagedNames = await stagedNamesOf(place, result)
  const suffixes = stagedNames.map((name) => name.slice(stagedBase.length))
  const room = { ...result, suffixes, platform: place.platform }
  const { resultName, sourceName } = result
  const base = resultName === undefined ? resultBaseName(sourceName, room) : safeBaseName(resultName, room)
  try {
    for (let number = 1; number <= mostNumbers; number += 1) {
      const names = suffixes.map((suffix) => (number === 1 ? base : `${base} (${number})`) + suffix)
      const keys = names.map((name) => nameKey(name, place.platform))
      // Reserved before looking: a name that another commit lets go of in between lies on the disk by then.
      if (!reservations.reserve(result.stagingDir, result.destinationDir, keys)) continue
      const targets = await targetsOf(place, result.destinationDir, stagedNames, names)
      if (await mayReplace(place, result, targets)) return journalOf(result, targets)
    }
    throw nameTaken(join(result.destinationDir, base))
  } catch (thrown) {
    reservations.release(result.stagingDir)
    throw thrown
  }
}

/** The main file last. */
async function stagedNamesOf({ files }: CommitPlace, { stagingDir, primary }: ResultToName): Promise<string[]> {
  const names = (await files.readdir(stagingDir)).filter((name) => name.startsWith(stagedBase))
  if (names.includes(primary)) return [...names.filter((name) => name !== primary).sort(), primary]
  throw new MicrotomeError({
    code: 'result-missing',
    class: 'bug',
    message: `The converter named "${primary}" as its result, but made ${names.join(', ') || 'nothing'}.`
  })
}

async function targetsOf(place: CommitPlace, dir: string, stagedNames: string[], names: string[]): Promise<Target[]> {
  const there = ignoresCase(place.platform) ? await place.files.readdir(dir) : []
  const byKey = new Map(there.map((name) => [nameKey(name, place.platform), name]))
  const targets = stagedNames.map(async (stagedName, i): Promise<Target> => {
    const finalPath = join(dir, names[i] ?? '')
    const alike = byKey.get(nameKey(names[i] ?? '', place.platform))
    const existingPath = alike === undefined ? (await look(place, finalPath)) && finalPath : join(dir, alike)
    return { stagedName, finalPath, existingPath }
  })
  return Promise.all(targets)
}

/** What is replaced goes aside first, its main file before all: no main file is ever seen with another's companions. */
function journalOf({ epoch, stagingDir }: ResultToName, targets: Target[]): CommitJournal {
  const asides = targets
    .toReversed()
    .flatMap(({ existingPath, stagedName }) =>
      existingPath === undefined ? [] : [{ from: existingPath, to: join(stagingDir, replacedFolder, stagedName) }]
    )
  const moves = targets.map(({ stagedName, finalPath }) => ({ from: join(stagingDir, stagedName), to: finalPath }))
  return { epoch, stagingDir, moves: [...asides, ...moves], output: moves.at(-1)?.to ?? '' }
}
