import { ORPCError } from '@orpc/client'
import { MicrotomeError } from '../../shared/errors.ts'
import { api } from '../api/client.ts'
import { connectionLost, toProblem } from '../api/problem.ts'
import { formatBytes } from '../format/quantity.ts'
import type { ToUpload } from './dropped-file.ts'
import { lookAt } from './look.ts'
import { type Upload, useSheet } from './sheet-store.ts'
import { putPiece, sendFile, type UploadDoor } from './upload.ts'

const atOnce = 3
/** Finished uploads are looked at together, so that 300 small files are not 300 calls. */
const gatherMs = 150
const flushMs = 60

const door: UploadDoor = {
  create: (name, sizeBytes, parts) =>
    cutsAsTransport(api.uploads.create({ name, sizeBytes, ...(parts ? { files: parts } : {}) })),
  received: async (uploadId) => (await cutsAsTransport(api.uploads.get({ uploadId }))).received,
  put: (uploadId, offset, piece, signal) => putPiece(window.location.href, uploadId, offset, piece, signal)
}

/** Whatever is not an answer of the engine is a cut of the line to it. */
async function cutsAsTransport<T>(call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    throw error instanceof ORPCError ? new MicrotomeError(toProblem(error)) : connectionLost(error)
  }
}

/** Keys are never used twice, so that a late change of a closed sheet meets nothing. */
let nextKey = 0

interface Waiting extends ToUpload {
  key: string
}

/** Copies files to the node, a few at a time, and has each looked at when it is there. One per sheet. */
export class UploadQueue {
  readonly #signal: AbortSignal
  readonly #limitBytes: number
  readonly #waiting: Waiting[] = []
  readonly #created = new Set<string>()
  #running = 0
  #finished: string[] = []
  #gathering = false

  constructor(signal: AbortSignal, limitBytes: number) {
    this.#signal = signal
    this.#limitBytes = limitBytes
  }

  add(uploads: readonly ToUpload[]): void {
    const fits = uploads.filter(({ file }) => file.size <= this.#limitBytes)
    for (const { file } of uploads) if (file.size > this.#limitBytes) refuse(file, this.#limitBytes)
    const fresh = fits.map((upload) => ({ ...upload, key: `upload-${nextKey++}` }))
    this.#waiting.push(...fresh)
    useSheet.setState(({ uploads }) => ({ uploads: new Map([...uploads, ...fresh.map(asUpload)]) }))
    while (this.#running < atOnce && this.#waiting.length > 0) void this.#work()
  }

  /** Removes from the node what was copied and will not be submitted. */
  async forget(keep: ReadonlySet<string> = new Set()): Promise<void> {
    const unwanted = [...this.#created].filter((uploadId) => !keep.has(uploadId))
    this.#created.clear()
    // The engine clears away what nobody submits after a day, should this not reach it.
    await Promise.allSettled(unwanted.map((uploadId) => api.uploads.remove({ uploadId })))
  }

  async #work(): Promise<void> {
    this.#running += 1
    for (let next = this.#waiting.shift(); next && !this.#signal.aborted; next = this.#waiting.shift()) {
      await this.#send(next)
    }
    this.#running -= 1
  }

  async #send({ key, file, parts }: Waiting): Promise<void> {
    update(key, { state: 'sending' })
    try {
      const uploadId = await sendFile({
        file,
        parts,
        door,
        signal: this.#signal,
        pause: growingPause,
        onCreated: (id) => this.#created.add(id),
        onProgress: (sentBytes) => update(key, { sentBytes })
      })
      // Counted as looked at before it counts as sent, so that the sheet never seems idle in between.
      this.#gather(uploadId)
      update(key, { state: 'sent', sentBytes: file.size })
    } catch (error) {
      if (this.#signal.aborted) return
      update(key, { state: 'failed' })
      tellUnfit(file, toProblem(error))
    }
  }

  #gather(uploadId: string): void {
    this.#finished.push(uploadId)
    if (this.#gathering) return
    this.#gathering = true
    useSheet.setState(({ looking }) => ({ looking: looking + 1 }))
    setTimeout(() => {
      const uploadIds = this.#finished
      this.#finished = []
      this.#gathering = false
      if (this.#signal.aborted) return
      void lookAt({ uploadIds }, this.#signal)
      useSheet.setState(({ looking }) => ({ looking: looking - 1 }))
    }, gatherMs)
  }
}

function asUpload({ key, file }: Waiting): [string, Upload] {
  return [key, { key, name: file.name, sizeBytes: file.size, sentBytes: 0, state: 'waiting' }]
}

/** Changes since the last flush: ten thousand files must not be ten thousand copies of the list. */
let changes = new Map<string, Partial<Upload>>()

function update(key: string, change: Partial<Upload>): void {
  if (changes.size === 0) setTimeout(flush, flushMs)
  changes.set(key, { ...changes.get(key), ...change })
}

function flush(): void {
  const made = changes
  changes = new Map()
  useSheet.setState(({ uploads }) => {
    const next = new Map(uploads)
    for (const [key, change] of made) {
      const upload = next.get(key)
      if (upload) next.set(key, { ...upload, ...change })
    }
    return { uploads: next }
  })
}

function refuse(file: File, limitBytes: number): void {
  tellUnfit(file, {
    code: 'upload-too-large',
    class: 'input',
    message: `It has ${formatBytes(file.size)}; a browser may send at most ${formatBytes(limitBytes)}.`,
    hint: 'Choose it from the folders of this computer instead, or raise the limit under Settings.'
  })
}

function tellUnfit(file: File, error: ReturnType<typeof toProblem>): void {
  const item = { path: file.webkitRelativePath || file.name, name: file.name, error }
  useSheet.setState(({ unrecognised }) => ({ unrecognised: [...unrecognised, item] }))
}

function growingPause(failures: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, Math.min(5000, 250 * 2 ** failures))
    const stop = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    signal.addEventListener('abort', stop, { once: true })
  })
}
