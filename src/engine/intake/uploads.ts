import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { z } from 'zod'
import { MicrotomeError } from '../../shared/errors.ts'
import type { Clock } from '../clock.ts'
import type { FoundFile } from './found-file.ts'
import { safeName } from './safe-name.ts'
import { checkParts, diskFull, PartWriter } from './upload-parts.ts'

const about = z.object({
  name: z.string(),
  sizeBytes: z.number(),
  createdAtMs: z.number(),
  submitted: z.boolean(),
  /** Of a slide of several files: in the order in which they are sent. `name` is one of them, or the folder that they are in. */
  files: z.array(z.object({ path: z.string(), sizeBytes: z.number() })).optional()
})
type About = z.infer<typeof about>

/** What a browser streams in; `path` is where it lies, a file or a folder (whole once `received` equals `sizeBytes`). */
export interface Upload extends About {
  uploadId: string
  path: string
  received: number
}

/** A whole upload as a file or folder like any other. */
export function uploadedFile(upload: Upload): FoundFile {
  const { path, name, sizeBytes, createdAtMs, files } = upload
  const isFolder = files?.every((file) => file.path !== name) ?? false
  return { path, name, sizeBytes, modifiedAtMs: createdAtMs, insideFolder: false, isFolder }
}

/** Uploads that nobody submitted go after a day. */
const abandonedAfterMs = 24 * 3_600_000

/**
 * Files that browsers stream in. Each upload has a folder of its own: `about.json` and the bytes under the file's own name (so that
 * results are named after it), or those of a slide's several files under theirs. What was received survives a cut and a restart; the
 * lengths on disk are the truth.
 */
export class Uploads {
  readonly #dir: string
  readonly #clock: Clock
  readonly #limitBytes: () => number
  readonly #writing = new Set<string>()

  constructor(dir: string, clock: Clock, limitBytes: () => number) {
    this.#dir = dir
    this.#clock = clock
    this.#limitBytes = limitBytes
  }

  /** Throws `upload-too-large`, `disk-full` or, for `files` that can't lie beside each other, `bad-upload`; class `input`. */
  async create(name: string, sizeBytes: number, files?: UploadPart[] | undefined): Promise<Upload> {
    if (sizeBytes > this.#limitBytes()) throw tooLarge(sizeBytes, this.#limitBytes())
    if (files) checkParts(name, sizeBytes, files)
    const uploadId = randomUUID()
    const folder = join(this.#dir, uploadId)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await this.#demandRoom(sizeBytes, folder)
    const own = files ? name : ownName(name)
    const fresh: About = { name: own, sizeBytes, createdAtMs: this.#clock.wallMs(), submitted: false, files }
    for (const { path } of partsOf(fresh)) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), '')
    }
    await writeFile(join(folder, 'about.json'), JSON.stringify(fresh))
    return { ...fresh, uploadId, path: join(folder, fresh.name), received: 0 }
  }

  /** Throws `unknown-upload`, class `input`. */
  async get(uploadId: string): Promise<Upload> {
    const folder = this.#folderOf(uploadId)
    try {
      const read = about.parse(JSON.parse(await readFile(join(folder, 'about.json'), 'utf8')))
      const sizes = await Promise.all(partsOf(read).map(async ({ path }) => (await stat(join(folder, path))).size))
      return { ...read, uploadId, path: join(folder, read.name), received: sizes.reduce((sum, size) => sum + size, 0) }
    } catch {
      throw unknownUpload(uploadId)
    }
  }

  /** Appends `body` at `offset`; what arrived before a cut stays. One writer at a time. */
  async receive(uploadId: string, offset: number, body: Readable): Promise<{ accepted: boolean; received: number }> {
    const upload = await this.get(uploadId)
    if (upload.submitted || this.#writing.has(uploadId) || upload.received !== offset) {
      body.resume()
      return { accepted: false, received: upload.received }
    }
    this.#writing.add(uploadId)
    try {
      await append(unfinished(upload, join(this.#dir, uploadId)), body)
    } finally {
      this.#writing.delete(uploadId)
    }
    return { accepted: true, received: (await this.get(uploadId)).received }
  }

  /** An upload that may become a job. Throws `upload-incomplete` or `upload-taken`, class `input`. */
  async whole(uploadId: string): Promise<Upload> {
    const upload = await this.get(uploadId)
    if (upload.received !== upload.sizeBytes) throw incomplete(upload)
    if (upload.submitted) throw taken(upload)
    return upload
  }

  /** Marks an upload as taken by a job that is stored already; the job removes it when it ends. */
  async take(uploadId: string): Promise<void> {
    const { name, sizeBytes, createdAtMs, files } = await this.get(uploadId)
    const marked: About = { name, sizeBytes, createdAtMs, submitted: true, files }
    await writeFile(join(this.#dir, uploadId, 'about.json'), JSON.stringify(marked))
  }

  /** Also one that is gone already. */
  async remove(uploadId: string): Promise<void> {
    await rm(this.#folderOf(uploadId), { recursive: true, force: true })
  }

  /**
   * Removes uploads that nobody submitted within a day, and those whose job is no longer listed. `wanted` is asked after the
   * uploads were looked at: what was taken by then is the upload of a job that it finds.
   */
  async sweep(wanted: () => Promise<ReadonlySet<string>>): Promise<void> {
    const ids = await readdir(this.#dir).catch(nothingThere)
    const candidates: string[] = []
    for (const uploadId of ids) if (await this.#mayGo(uploadId)) candidates.push(uploadId)
    const kept = candidates.length > 0 ? await wanted() : new Set()
    for (const uploadId of candidates)
      if (!kept.has(uploadId)) await rm(join(this.#dir, uploadId), { recursive: true, force: true })
  }

  async #mayGo(uploadId: string): Promise<boolean> {
    const upload = await this.get(uploadId).catch(() => undefined)
    if (upload?.submitted) return true
    const sinceMs = upload?.createdAtMs ?? (await stat(join(this.#dir, uploadId))).mtimeMs
    return this.#clock.wallMs() - sinceMs > abandonedAfterMs
  }

  #folderOf(uploadId: string): string {
    if (!/^[0-9a-f-]{36}$/.test(uploadId)) throw unknownUpload(uploadId)
    return join(this.#dir, uploadId)
  }

  async #demandRoom(sizeBytes: number, folder: string): Promise<void> {
    const disk = await statfs(folder)
    const freeBytes = disk.bavail * disk.bsize
    if (freeBytes >= sizeBytes) return
    await rm(folder, { recursive: true, force: true })
    throw diskFull(`The upload needs ${sizeBytes} bytes and this computer has ${freeBytes} free.`)
  }
}

type UploadPart = NonNullable<About['files']>[number]

function partsOf({ name, sizeBytes, files }: About): UploadPart[] {
  return files ?? [{ path: name, sizeBytes }]
}

/** The files that still lack bytes, in the order in which they are sent; all before them are whole. */
function unfinished(upload: Upload, folder: string): { path: string; left: number }[] {
  let received = upload.received
  return partsOf(upload).flatMap(({ path, sizeBytes }) => {
    const left = Math.max(0, sizeBytes - received)
    received = Math.max(0, received - sizeBytes)
    return left > 0 ? [{ path: join(folder, path), left }] : []
  })
}

/** Writes what arrives to one file after the other. A body that breaks off ends it quietly: what arrived counts. */
async function append(files: { path: string; left: number }[], body: Readable): Promise<void> {
  const roomBytes = files.reduce((sum, { left }) => sum + left, 0)
  const writer = new PartWriter(files)
  let writing = false
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      writing = true
      if (!(await writer.write(chunk))) throw tooMuch(roomBytes)
      writing = false
    }
  } catch (thrown) {
    if (writing) throw thrown
  } finally {
    await writer.close()
  }
}

function nothingThere(thrown: unknown): string[] {
  if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return []
  throw thrown
}

/** Never `about.json`, which is ours. */
function ownName(name: string): string {
  const safe = safeName(name, 'upload')
  return safe === 'about.json' ? `upload-${safe}` : safe
}

function tooLarge(sizeBytes: number, limitBytes: number): MicrotomeError {
  return new MicrotomeError({
    code: 'upload-too-large',
    class: 'input',
    message: `The file has ${sizeBytes} bytes; this node takes ${limitBytes} at most from a browser.`,
    hint: 'Choose it from a folder of this computer instead, or raise the upload limit in the settings.'
  })
}

function tooMuch(expected: number): MicrotomeError {
  return new MicrotomeError({
    code: 'upload-too-large',
    class: 'input',
    message: `More than the announced ${expected} bytes arrived.`,
    hint: 'The file changed while it was sent; drop it again.'
  })
}

function taken(upload: Upload): MicrotomeError {
  return new MicrotomeError({
    code: 'upload-taken',
    class: 'input',
    message: `"${upload.name}" was submitted already.`,
    hint: 'Look for its job in the queue, or drop the file again for another one.'
  })
}

function incomplete(upload: Upload): MicrotomeError {
  return new MicrotomeError({
    code: 'upload-incomplete',
    class: 'input',
    message: `Of ${upload.sizeBytes} bytes only ${upload.received} have arrived.`,
    hint: 'Wait until the upload is complete.'
  })
}

function unknownUpload(uploadId: string): MicrotomeError {
  return new MicrotomeError({
    code: 'unknown-upload',
    class: 'input',
    message: `There is no upload "${uploadId}".`,
    hint: 'It was removed or never begun; drop the file again.'
  })
}
