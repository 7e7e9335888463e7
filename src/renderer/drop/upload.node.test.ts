import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MicrotomeError } from '../../shared/errors.ts'
import { putPiece, type SendOptions, sendFile } from './upload.ts'

/** A real HTTP door that keeps what arrives and can be told to misbehave once. */
class Door {
  readonly server: Server
  readonly uploads = new Map<string, Buffer[]>()
  readonly offsets: number[] = []
  /** Cuts the connection after this many bytes of a request, once. */
  cutAfter: number | undefined
  /** Answers with this status and body, once. */
  answerOnce: { status: number; body: unknown } | undefined

  constructor() {
    this.server = createServer(async (request, response) => {
      const id = (request.url ?? '').split('/').at(-1) ?? ''
      const parts = this.uploads.get(id) ?? []
      const offset = Number(request.headers['upload-offset'])
      this.offsets.push(offset)
      const answer = (status: number, body: unknown) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      if (this.answerOnce) {
        const { status, body } = this.answerOnce
        this.answerOnce = undefined
        request.resume()
        return answer(status, body)
      }
      if (offset !== this.sizeOf(id)) return answer(409, { received: this.sizeOf(id) })
      let taken = 0
      for await (const chunk of request) {
        const left = this.cutAfter === undefined ? chunk.length : this.cutAfter - taken
        parts.push(chunk.subarray(0, left))
        taken += chunk.length
        if (this.cutAfter === undefined || taken < this.cutAfter) continue
        this.cutAfter = undefined
        return request.socket.destroy()
      }
      return answer(200, { received: this.sizeOf(id) })
    })
  }

  sizeOf(id: string): number {
    return (this.uploads.get(id) ?? []).reduce((sum, part) => sum + part.length, 0)
  }

  whole(id: string): Buffer {
    return Buffer.concat(this.uploads.get(id) ?? [])
  }
}

let door: Door
let base: string

beforeEach(async () => {
  door = new Door()
  door.server.listen(0, '127.0.0.1')
  await once(door.server, 'listening')
  const address = door.server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  base = `http://127.0.0.1:${address.port}/`
})
afterEach(async () => {
  door.server.closeAllConnections()
  door.server.close()
  await once(door.server, 'close')
})

function options(file: File, change: Partial<SendOptions> = {}): SendOptions {
  return {
    file,
    signal: new AbortController().signal,
    pause: () => Promise.resolve(),
    onCreated: () => undefined,
    onProgress: () => undefined,
    door: {
      create: (name) => {
        door.uploads.set(name, [])
        return Promise.resolve({ uploadId: name, received: 0 })
      },
      received: (id) => Promise.resolve(door.sizeOf(id)),
      put: (id, offset, piece, signal) => putPiece(base, id, offset, piece, signal)
    },
    ...change
  }
}

/** 20 MB of bytes that differ, so that a wrong offset shows. */
const content = Buffer.from(Uint32Array.from({ length: 5_000_000 }, (_, index) => index * 2_654_435_761).buffer)
const slide = () => new File([content], 'slide.svs')

describe('sending a file', () => {
  it('arrives whole, in pieces, and tells what was confirmed', async () => {
    const progress: number[] = []
    const id = await sendFile(options(slide(), { onProgress: (bytes) => progress.push(bytes) }))
    expect(door.whole(id).equals(content)).toBe(true)
    expect(progress).toEqual([8 * 2 ** 20, 16 * 2 ** 20, 20_000_000])
  })

  it('goes on after a cut where the engine says that it stopped', async () => {
    door.cutAfter = 3_000_000
    const pauses: number[] = []
    const id = await sendFile(
      options(slide(), {
        pause: (failures) => {
          pauses.push(failures)
          return Promise.resolve()
        }
      })
    )
    expect(door.whole(id).equals(content)).toBe(true)
    expect(pauses).toEqual([1])
    expect(door.offsets.slice(0, 2)).toEqual([0, 3_000_000])
  })

  it('goes on from the offset that a 409 names', async () => {
    const file = slide()
    const sent = options(file)
    const early = content.subarray(0, 1000)
    const id = await sendFile({
      ...sent,
      onCreated: (uploadId) => door.uploads.set(uploadId, [early])
    })
    expect(door.whole(id).equals(content)).toBe(true)
  })

  it('waits while an earlier request still holds the upload, and then goes on', async () => {
    door.answerOnce = { status: 409, body: { received: 0 } }
    const pauses: number[] = []
    const pause = (failures: number) => {
      pauses.push(failures)
      return Promise.resolve()
    }
    const id = await sendFile(options(slide(), { pause }))
    expect(door.whole(id).equals(content)).toBe(true)
    expect(pauses).toEqual([1])
  })

  it('tries again while the engine answers with a fault of its own', async () => {
    door.answerOnce = { status: 503, body: { error: 'starting' } }
    const id = await sendFile(options(slide()))
    expect(door.whole(id).equals(content)).toBe(true)
  })

  it('gives up with the sentence of an engine that says no', async () => {
    const error = { code: 'disk-full', class: 'input', message: 'The upload needs more room.', hint: 'Free some.' }
    door.answerOnce = { status: 400, body: error }
    await expect(sendFile(options(slide()))).rejects.toMatchObject(error)
  })

  it('says so when the page is no longer accepted', async () => {
    door.answerOnce = { status: 401, body: {} }
    await expect(sendFile(options(slide()))).rejects.toThrow('status 401')
  })

  it('stops at once when it is cancelled', async () => {
    const cancel = new AbortController()
    const sending = sendFile(options(slide(), { signal: cancel.signal, onProgress: () => cancel.abort() }))
    await expect(sending).rejects.toMatchObject({ name: 'AbortError' })
    expect(door.offsets.length).toBeLessThan(3)
  })

  it('does not take a file that vanished for a cut', async () => {
    const file = slide()
    file.slice = () => {
      throw new DOMException('gone', 'NotFoundError')
    }
    const failed = sendFile(options(file))
    await expect(failed).rejects.toBeInstanceOf(MicrotomeError)
    await expect(failed).rejects.toMatchObject({ code: 'source-unreadable' })
  })

  it('sends an empty file without a request', async () => {
    await sendFile(options(new File([], 'empty.svs')))
    expect(door.offsets).toEqual([])
  })
})
