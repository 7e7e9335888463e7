import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { BlobRef } from '../../shared/contract/peer.ts'
import { MicrotomeError } from '../../shared/errors.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log/index.ts'
import type { ByteSink } from './byte-sink.ts'
import { blobPath, contentRange, parseContentRange, parseRange, receivedHeader } from './http-range.ts'
import { IncomingBlob } from './incoming-blob.ts'
import { fileOnOffer, OfferedBlob, type OfferedBytes, sizeOfFile } from './offered-blob.ts'
import { type PackedFile, PackedFiles } from './packed-files.ts'
import { StallGuard } from './stall-guard.ts'

/** What the blobs take from outside. `newId` must be unguessable only in so far as ids are never reused. */
export interface BlobsOptions {
  clock: Clock
  log: Log
  newId: () => string
  /** No byte for this long cuts the connection; 15 s if absent. */
  stallMs?: number
}

/** Blobs that travel between this node and paired ones, and their HTTP door. Each belongs to one node; to others it isn't there. */
export class Blobs {
  readonly stallMs: number
  readonly #options: BlobsOptions
  readonly #blobs = new Map<string, OfferedBlob | IncomingBlob>()

  constructor(options: BlobsOptions) {
    this.#options = options
    this.stallMs = options.stallMs ?? 15_000
  }

  /** Lets one node fetch a file, which must stay as it is until {@link withdraw}. */
  async offerFile(path: string, to: { nodeId: string }): Promise<OfferedBlob> {
    return this.#offer(fileOnOffer(path, await sizeOfFile(path)), to)
  }

  /** Lets one node fetch several files as one stored zip, made while it streams. They must stay as they are, too. */
  async offerPacked(files: readonly Omit<PackedFile, 'sizeBytes'>[], to: { nodeId: string }): Promise<OfferedBlob> {
    const sized = files.map(async (file) => ({ ...file, sizeBytes: await sizeOfFile(file.path) }))
    return this.#offer(new PackedFiles(await Promise.all(sized)), to)
  }

  /** Opens a place for exactly `ref.sizeBytes` from one node. Throws `blob-exists` for an id that it uses already. */
  expect(from: { nodeId: string; ref: BlobRef; into: ByteSink }): IncomingBlob {
    return this.#add(new IncomingBlob(from.nodeId, from.ref, from.into))
  }

  /** Takes a blob off the door; bytes of an unfinished incoming one are discarded by its owner. */
  withdraw(blob: OfferedBlob | IncomingBlob): void {
    const key = keyOf(blob.nodeId, blob.ref.blobId)
    if (this.#blobs.get(key) === blob) this.#blobs.delete(key)
  }

  /** SHA-256 of a blob that was offered to `nodeId`. Throws `blob-gone`. */
  async digest(nodeId: string, blobId: string): Promise<{ sha256: string }> {
    const blob = this.#blobs.get(keyOf(nodeId, blobId))
    if (blob instanceof OfferedBlob) return { sha256: await blob.digest() }
    throw new MicrotomeError({ code: 'blob-gone', class: 'transport', message: `There is no blob ${blobId} here.` })
  }

  /** Serves GET with Range, HEAD and PUT with Content-Range under `/blobs/<id>` for one paired node. Never rejects. */
  async onHttp(request: IncomingMessage, response: ServerResponse, nodeId: string): Promise<void> {
    try {
      await this.#serve(request, response, nodeId)
    } catch (error) {
      const { log } = this.#options
      log.debug('a transfer was cut', { nodeId }, error)
      if (response.headersSent) response.destroy()
      else answer(response, 500)
      request.destroy()
    }
  }

  #offer(bytes: OfferedBytes, { nodeId }: { nodeId: string }): OfferedBlob {
    const ref = { blobId: this.#options.newId(), sizeBytes: bytes.sizeBytes }
    return this.#add(new OfferedBlob(nodeId, ref, bytes, () => this.#options.clock.monotonicMs()))
  }

  #add<T extends OfferedBlob | IncomingBlob>(blob: T): T {
    const key = keyOf(blob.nodeId, blob.ref.blobId)
    if (this.#blobs.has(key))
      throw new MicrotomeError({
        code: 'blob-exists',
        class: 'transport',
        message: `Blob ${blob.ref.blobId} is in use already.`
      })
    this.#blobs.set(key, blob)
    return blob
  }

  async #serve(request: IncomingMessage, response: ServerResponse, nodeId: string): Promise<void> {
    const id = blobPath.exec(request.url ?? '')?.[1]
    const blob = id === undefined ? undefined : this.#blobs.get(keyOf(nodeId, id))
    if (blob instanceof OfferedBlob && request.method === 'GET') return this.#serveGet(request, response, blob)
    if (blob instanceof OfferedBlob && request.method === 'HEAD')
      return answer(response, 200, { 'content-length': blob.ref.sizeBytes, 'accept-ranges': 'bytes' })
    if (blob instanceof IncomingBlob && request.method === 'PUT') return this.#servePut(request, response, blob)
    if (blob instanceof IncomingBlob && request.method === 'HEAD')
      return answer(response, 200, { [receivedHeader]: await blob.interrupt() })
    request.resume()
    return answer(response, 404)
  }

  async #serveGet(request: IncomingMessage, response: ServerResponse, blob: OfferedBlob): Promise<void> {
    const { sizeBytes } = blob.ref
    const start = parseRange(request.headers.range)
    if (start === undefined || start > sizeBytes || (start === sizeBytes && sizeBytes > 0))
      return answer(response, 416, { 'content-range': `bytes */${sizeBytes}` })
    const range = start > 0 ? { 'content-range': contentRange(start, sizeBytes) } : {}
    response.writeHead(start > 0 ? 206 : 200, {
      ...range,
      'content-length': sizeBytes - start,
      'accept-ranges': 'bytes'
    })
    const guard = new StallGuard(this.#options.clock, this.stallMs, () => response.destroy())
    try {
      await pipeline(
        blob.stream(start, () => guard.touch()),
        response
      )
    } finally {
      guard.stop()
    }
  }

  async #servePut(request: IncomingMessage, response: ServerResponse, blob: IncomingBlob): Promise<void> {
    const range = parseContentRange(request.headers['content-range'])
    const received = await blob.interrupt()
    if (!range || range.total !== blob.ref.sizeBytes || range.start !== received || blob.ended) {
      request.resume()
      return answer(response, blob.ended && received === blob.ref.sizeBytes ? 200 : 409, { [receivedHeader]: received })
    }
    const guard = new StallGuard(this.#options.clock, this.stallMs, () => request.destroy())
    try {
      await blob.feed(request, range.start, () => guard.touch())
    } finally {
      guard.stop()
    }
    answer(response, 200, { [receivedHeader]: blob.receivedBytes })
  }
}

const keyOf = (nodeId: string, blobId: string) => `${nodeId}/${blobId}`

function answer(response: ServerResponse, status: number, headers: Record<string, string | number> = {}): void {
  response.writeHead(status, headers).end()
}
