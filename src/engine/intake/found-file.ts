import { stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Probed } from '../../shared/converter-protocol.ts'
import type { SlideFacts, SourceParts } from '../../shared/domain/jobs.ts'
import type { JobError } from '../../shared/errors.ts'

/** A thing that was dropped, or found in a dropped folder, and may be a source. */
export interface FoundFile {
  path: string
  name: string
  /** Of all its parts, once a look told them. */
  sizeBytes: number
  /** Of the newest of its parts. */
  modifiedAtMs: number
  /** Found inside a dropped folder, where files of other kinds are to be expected. */
  insideFolder: boolean
  /** `path` is a folder, taken for one slide. */
  isFolder?: boolean | undefined
  /** Set by a look at a slide of several files. */
  parts?: SourceParts | undefined
}

/** What a look at one source showed. `thumbnail` is the token of its thumbnail; `file` knows its parts. */
export type Inspected =
  | { type: 'recognised'; file: FoundFile; probed: Probed; thumbnail: string | undefined }
  | { type: 'unrecognised'; file: FoundFile; error: JobError }

/** Looks at a source in a converter's child; never rejects. */
export type Look = (file: FoundFile) => Promise<Inspected>

/** The file with what a look says of its parts: sizes are summed, the newest part dates it. */
export async function withParts(file: FoundFile, { parts }: Probed): Promise<FoundFile> {
  // Of a folder even the only one: what travels are files.
  if (!parts || (parts.length < 2 && !file.isFolder)) return file
  const dir = file.isFolder ? file.path : dirname(file.path)
  const own = { dir, files: parts }
  return { ...file, ...(await stateOfParts(own)), parts: own }
}

/** Size of all parts together and the date of the newest, as they are now; what is gone counts nothing. */
export async function stateOfParts({ dir, files }: SourceParts): Promise<{ sizeBytes: number; modifiedAtMs: number }> {
  const states = await Promise.all(files.map(({ path }) => stat(join(dir, ...path.split('/'))).catch(() => undefined)))
  return {
    sizeBytes: states.reduce((sum, state) => sum + (state?.size ?? 0), 0),
    modifiedAtMs: states.reduce((newest, state) => Math.max(newest, state?.mtimeMs ?? 0), 0)
  }
}

/** What of a look at a slide a job keeps; undefined for other kinds. */
export function slideFactsOf(probed: Probed): SlideFacts | undefined {
  const { kind, widthPx, heightPx, tileSizePx, copyable, mpp, magnification } = probed
  return kind === 'slide' && widthPx !== undefined && heightPx !== undefined
    ? { widthPx, heightPx, tileSizePx, copyable, mpp, magnification }
    : undefined
}
