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
  const dates = await Promise.all(parts.map(({ path }) => modifiedAtMs(join(dir, ...path.split('/')))))
  const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0)
  return { ...file, sizeBytes, modifiedAtMs: Math.max(...dates), parts: { dir, files: parts } }
}

async function modifiedAtMs(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.mtimeMs ?? 0
}

/** What of a look at a slide a job keeps; undefined for other kinds. */
export function slideFactsOf({ kind, widthPx, heightPx, tileSizePx, copyable }: Probed): SlideFacts | undefined {
  return kind === 'slide' && widthPx !== undefined && heightPx !== undefined
    ? { widthPx, heightPx, tileSizePx, copyable }
    : undefined
}
