import { basename } from 'node:path'
import type { Recognised, Unrecognised } from '../../shared/contract/local.ts'
import { type JobError, MicrotomeError, toJobError } from '../../shared/errors.ts'
import { type FoundFile, type Inspected, uploadedFile, walk, withoutCompanions } from '../intake/index.ts'
import type { LocalParts } from './local-parts.ts'

/** Files looked at side by side; the probing children are the real limit. */
const atOnce = 4
const maxFiles = 100_000

const tooManyFiles = new MicrotomeError({
  code: 'too-many-files',
  class: 'input',
  message: `Only the first ${maxFiles.toLocaleString('en')} files of a drop are looked at.`,
  hint: 'Drop the folders one after the other.'
})

type Look = { type: 'recognised'; item: Recognised } | { type: 'unrecognised'; item: Unrecognised }
type Event = Look | { type: 'done'; recognised: number; unrecognised: number }

/** Looks at everything that was dropped and tells what each thing is, in the order in which the looks end. */
export async function* inspect(
  parts: Pick<LocalParts, 'inspector' | 'uploads'>,
  input: { paths: string[]; uploadIds: string[] },
  signal: AbortSignal | undefined
): AsyncGenerator<Event> {
  let recognised = 0
  let unrecognised = 0
  for await (const event of looks(parts, input)) {
    if (signal?.aborted) return
    if (event.type === 'recognised') recognised += 1
    else unrecognised += 1
    yield event
  }
  yield { type: 'done', recognised, unrecognised }
}

/** Looks under way, so many at once. Each is handed on once, when it ends. */
async function* looks(
  parts: Pick<LocalParts, 'inspector' | 'uploads'>,
  input: { paths: string[]; uploadIds: string[] }
) {
  const pending = new Map<number, Promise<{ id: number; event: Look }>>()
  const next = async () => {
    const { id, event } = await Promise.race(pending.values())
    pending.delete(id)
    return event
  }
  let id = 0
  for await (const found of dropped(parts, input)) {
    const mine = id++
    pending.set(
      mine,
      lookAt(parts, found).then((event) => ({ id: mine, event }))
    )
    if (pending.size >= atOnce) yield await next()
  }
  while (pending.size > 0) yield await next()
}

type Dropped = { type: 'file'; file: FoundFile; uploadId?: string } | { type: 'error'; path: string; error: JobError }

async function* dropped(
  parts: Pick<LocalParts, 'inspector' | 'uploads'>,
  input: { paths: string[]; uploadIds: string[] }
): AsyncGenerator<Dropped> {
  let count = 0
  const look = (file: FoundFile) => parts.inspector.look(file)
  for (const path of await withoutCompanions(input.paths, look)) {
    try {
      const unreadable: Dropped[] = []
      const onUnreadable = (below: string, error: JobError) => unreadable.push({ type: 'error', path: below, error })
      for await (const file of walk(path, onUnreadable, look)) {
        if (++count > maxFiles) return yield { type: 'error', path, error: tooManyFiles.toJSON() }
        yield { type: 'file', file }
      }
      yield* unreadable
    } catch (thrown) {
      yield { type: 'error', path, error: toJobError(thrown) }
    }
  }
  for (const uploadId of input.uploadIds) {
    try {
      yield { type: 'file', file: uploadedFile(await parts.uploads.get(uploadId)), uploadId }
    } catch (thrown) {
      yield { type: 'error', path: uploadId, error: toJobError(thrown) }
    }
  }
}

async function lookAt(parts: Pick<LocalParts, 'inspector'>, found: Dropped): Promise<Look> {
  if (found.type === 'error')
    return { type: 'unrecognised', item: { path: found.path, name: basename(found.path), error: found.error } }
  const seen = await parts.inspector.look(found.file)
  return seen.type === 'recognised'
    ? { type: 'recognised', item: item(seen, found.uploadId) }
    : { type: 'unrecognised', item: { path: seen.file.path, name: seen.file.name, error: seen.error } }
}

function item(seen: Inspected & { type: 'recognised' }, uploadId: string | undefined): Recognised {
  const { hasThumbnail: _told, parts: _files, ...facts } = seen.probed
  const { path, name, sizeBytes, parts } = seen.file
  return { ...facts, path, name, sizeBytes, fileCount: parts?.files.length, uploadId, thumbnail: seen.thumbnail }
}
