import { basename, dirname, join } from 'node:path'
import { MicrotomeError } from '../../../shared/errors.ts'
import type { CommitJournal } from '../job-store.ts'
import type { CommitPlace } from './commit-place.ts'
import { destinationError } from './file-errors.ts'
import { flushEntry, flushFolder } from './flush.ts'
import { isSameFile, look, moveToFreeName, rename } from './moves.ts'
import { replacedFolder } from './staging.ts'

/** One staged entry on its way: what is in its place goes `aside` first. */
interface Step {
  staged: string
  final: string
  aside?: { from: string; to: string } | undefined
}

/**
 * Gives a staged result its final names, the main file last; for a journal that was kept before the first call. It may be
 * repeated after a crash at any point: which moves were made is read from the disk. If one fails, all are undone, what was
 * replaced is back, and the call may be repeated too. Throws class `input`: `destination-taken`, `destination-busy`,
 * `destination-not-writable`, `disk-full`; class `node`: `result-lost`.
 */
export async function commit(place: CommitPlace, journal: CommitJournal): Promise<void> {
  const steps = stepsOf(journal)
  const destinationDir = dirname(journal.output)
  try {
    const open = await openSteps(place, steps)
    for (const { staged, isFolder } of open) await flushEntry(place, staged, isFolder)
    if (open.length > 0) await moveAll(place, journal.stagingDir, steps)
    await flushFolder(place, destinationDir)
  } catch (thrown) {
    throw destinationError(destinationDir, thrown)
  }
  await place.files.rm(join(journal.stagingDir, replacedFolder), {
    recursive: true,
    force: true,
    maxRetries: 5,
    retryDelay: 100
  })
}

/** The moves of the journal, paired: a move into the staging folder makes room for the entry of the same staged name. */
function stepsOf({ stagingDir, moves }: CommitJournal): Step[] {
  const asideDir = join(stagingDir, replacedFolder)
  const asides = new Map(moves.filter(({ to }) => dirname(to) === asideDir).map((move) => [basename(move.to), move]))
  return moves
    .filter(({ to }) => dirname(to) !== asideDir)
    .map(({ from, to }) => ({ staged: from, final: to, aside: asides.get(basename(from)) }))
}

/** What still lies in staging. Throws `result-lost` where an entry is neither there nor in its place. */
async function openSteps(place: CommitPlace, steps: Step[]): Promise<{ staged: string; isFolder: boolean }[]> {
  const open: { staged: string; isFolder: boolean }[] = []
  for (const { staged, final } of steps) {
    const entry = await look(place, staged)
    if (entry) open.push({ staged, isFolder: entry.isDirectory() })
    else if (!(await look(place, final))) throw resultLost(final)
  }
  return open
}

async function moveAll(place: CommitPlace, stagingDir: string, steps: Step[]): Promise<void> {
  if (steps.some((step) => step.aside)) await place.files.mkdir(join(stagingDir, replacedFolder), { recursive: true })
  try {
    for (const step of steps.toReversed()) await moveAside(place, step)
    for (const { staged, final } of steps) if (await look(place, staged)) await moveToFreeName(place, staged, final)
  } catch (thrown) {
    await undo(place, steps, thrown)
    throw thrown
  }
}

/** Only while the staged entry is still there: once it has gone to its place, what lies there is the new result. */
async function moveAside(place: CommitPlace, { staged, aside }: Step): Promise<void> {
  if (!aside || (await look(place, aside.to)) || !(await look(place, staged))) return
  if (await look(place, aside.from)) await rename(place, aside.from, aside.to)
}

async function undo(place: CommitPlace, steps: Step[], cause: unknown): Promise<void> {
  try {
    for (const step of steps.toReversed()) await moveBack(place, step)
    for (const { aside } of steps)
      if (aside && (await look(place, aside.to))) await moveToFreeName(place, aside.to, aside.from)
  } catch (thrown) {
    throw notRestored(steps, new AggregateError([cause, thrown]))
  }
}

async function moveBack(place: CommitPlace, { staged, final }: Step): Promise<void> {
  const [from, to] = [await look(place, staged), await look(place, final)]
  if (!to) return
  if (!from) await rename(place, final, staged)
  else if (isSameFile(from, to)) await place.files.unlink(final)
}

function resultLost(final: string): MicrotomeError {
  return new MicrotomeError({
    code: 'result-lost',
    class: 'node',
    message: `"${basename(final)}" vanished from its staging folder before it was in its place.`,
    hint: 'Try again, and leave folders named .microtome-… alone while jobs run.'
  })
}

function notRestored(steps: Step[], cause: AggregateError): MicrotomeError {
  const [aside] = steps.flatMap((step) => step.aside ?? [])
  return new MicrotomeError(
    {
      code: 'destination-not-restored',
      class: 'input',
      message: 'The result could not be put in its place, and what was moved for it could not be put back.',
      hint: aside ? `What it was to replace lies in ${dirname(aside.to)}.` : 'Check the destination and try again.'
    },
    { cause }
  )
}
