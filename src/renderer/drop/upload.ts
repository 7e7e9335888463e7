import { jobError, MicrotomeError } from '../../shared/errors.ts'
import type { ToUpload } from './dropped-file.ts'

/** One request carries this much, so that progress shows and a cut costs little. */
const pieceBytes = 8 * 2 ** 20

/** What sending a file needs of the engine. */
export interface UploadDoor {
  /** With `parts` the upload is one slide of these files, one behind the other. */
  create(name: string, sizeBytes: number, parts?: ToUpload['parts']): Promise<{ uploadId: string; received: number }>
  /** How much of it the engine has. */
  received(uploadId: string): Promise<number>
  /** Sends a piece that begins at `offset`; answers how much is there then, `accepted` or not. */
  put(uploadId: string, offset: number, piece: Blob, signal: AbortSignal): Promise<PutAnswer>
}

export interface PutAnswer {
  accepted: boolean
  received: number
}

export interface SendOptions {
  file: File
  parts?: ToUpload['parts']
  door: UploadDoor
  signal: AbortSignal
  /** Resolves after a pause that grows with `failures` in a row (1 at first); rejects when aborted. */
  pause(failures: number, signal: AbortSignal): Promise<void>
  onCreated(uploadId: string): void
  /** Bytes that the engine has confirmed. */
  onProgress(sentBytes: number): void
}

/**
 * Streams a file to the engine and answers its upload id. After a cut it asks how much arrived and goes on there, for as
 * long as it takes; it gives up only when the engine says no, the file can't be read, or `signal` aborts.
 */
export async function sendFile(options: SendOptions): Promise<string> {
  const { file, door, signal } = options
  const { uploadId, received } = await door.create(file.name, file.size, options.parts)
  options.onCreated(uploadId)
  let offset = received
  let failures = 0
  while (offset < file.size) {
    try {
      if (failures > 0) offset = await door.received(uploadId)
      const answer = await sendPiece(options, uploadId, offset)
      failures = answer.received > offset ? 0 : failures + 1
      offset = answer.received
      options.onProgress(offset)
    } catch (error) {
      signal.throwIfAborted()
      if (!isCut(error)) throw error
      failures += 1
    }
    if (failures > 0) await options.pause(failures, signal)
  }
  return uploadId
}

async function sendPiece({ file, door, signal }: SendOptions, uploadId: string, offset: number): Promise<PutAnswer> {
  const piece = await readPiece(file, offset)
  return door.put(uploadId, offset, piece, signal)
}

/** Reads first: a file that vanished must not look like a cut of the connection. */
async function readPiece(file: File, offset: number): Promise<Blob> {
  try {
    return new Blob([await file.slice(offset, offset + pieceBytes).arrayBuffer()])
  } catch (error) {
    throw new MicrotomeError(
      {
        code: 'source-unreadable',
        class: 'input',
        message: `"${file.name}" can no longer be read.`,
        hint: 'It was moved, deleted or changed since it was dropped. Drop it again.'
      },
      { cause: error }
    )
  }
}

/** Whether it is worth another try: the connection broke, or the engine is not up right now. */
function isCut(error: unknown): boolean {
  if (error instanceof MicrotomeError) return error.class === 'transport'
  return error instanceof TypeError
}

/** PUTs a piece over HTTP as the local door takes it. `base` is where the page came from. */
export async function putPiece(
  base: string,
  uploadId: string,
  offset: number,
  piece: Blob,
  signal: AbortSignal
): Promise<PutAnswer> {
  const url = new URL(`/uploads/${encodeURIComponent(uploadId)}`, base)
  const headers = { 'Upload-Offset': String(offset), 'Content-Type': 'application/octet-stream' }
  const response = await fetch(url, { method: 'PUT', headers, body: piece, signal })
  const body: unknown = await response.json().catch(() => undefined)
  if (response.status === 200 || response.status === 409)
    return { accepted: response.status === 200, received: receivedOf(body) }
  throw refusal(response.status, body)
}

function receivedOf(body: unknown): number {
  if (typeof body === 'object' && body !== null && 'received' in body && typeof body.received === 'number')
    return body.received
  throw new MicrotomeError({
    code: 'bad-answer',
    class: 'bug',
    message: 'Microtome answered an upload without saying how much it has.'
  })
}

function refusal(status: number, body: unknown): MicrotomeError {
  const own = jobError.safeParse(body)
  if (own.success) return new MicrotomeError(own.data)
  return new MicrotomeError({
    code: 'upload-refused',
    class: status >= 500 ? 'transport' : 'input',
    message: `Microtome refused the upload (status ${status}).`,
    hint: status === 401 ? 'Open the page again with the address that Microtome prints.' : 'Drop the file again.'
  })
}
