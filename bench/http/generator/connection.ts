import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** An answer with its whole body. */
export interface Answer {
  status: number
  body: Buffer
}

interface Head {
  status: number
  /** Where the body begins. */
  at: number
  /** Of the body; undefined where it comes in chunks. */
  bytes: number | undefined
}

const headEnd = Buffer.from('\r\n\r\n')
const lastChunk = Buffer.from('0\r\n\r\n')

/**
 * HTTP/1.1 on one connection, a request at a time, with no more work than measuring needs: Node's own clients take more processor
 * time than the server that is measured.
 */
export class Connection {
  readonly #socket: Socket
  #pieces: Buffer[] = []
  #bytes = 0
  #head: Head | undefined
  #answer: PromiseWithResolvers<Answer> | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (piece) => this.#take(piece))
    socket.on('close', () => this.#answer?.reject(new Error('the server closed a connection')))
    socket.on('error', () => {})
  }

  static async open(url: string): Promise<Connection> {
    const { hostname, port } = new URL(url)
    const socket = connect({ host: hostname, port: Number(port), noDelay: true })
    await once(socket, 'connect')
    return new Connection(socket)
  }

  /** Rejects where the connection ends first. */
  ask(request: Buffer): Promise<Answer> {
    this.#answer = Promise.withResolvers()
    this.#socket.write(request)
    return this.#answer.promise
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(piece: Buffer): void {
    this.#pieces.push(piece)
    this.#bytes += piece.length
    this.#head ??= this.#readHead()
    if (this.#head && this.#isWhole(this.#head, piece)) this.#settle(this.#head)
  }

  #readHead(): Head | undefined {
    const bytes = this.#joined()
    const end = bytes.indexOf(headEnd)
    if (end === -1) return undefined
    const text = bytes.toString('latin1', 0, end)
    const status = Number(text.slice(9, 12))
    const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1]
    const isBare = status === 204 || status === 304
    return { status, at: end + headEnd.length, bytes: isBare ? 0 : length === undefined ? undefined : Number(length) }
  }

  #isWhole({ at, bytes }: Head, last: Buffer): boolean {
    if (bytes !== undefined) return this.#bytes >= at + bytes
    // Nothing follows a body on a connection that waits for it, so the last chunk is at the very end.
    const tail = last.length < lastChunk.length ? this.#joined() : last
    return tail.subarray(-lastChunk.length).equals(lastChunk)
  }

  #settle({ status, at }: Head): void {
    const body = this.#joined().subarray(at)
    this.#pieces = []
    this.#bytes = 0
    this.#head = undefined
    this.#answer?.resolve({ status, body })
  }

  #joined(): Buffer {
    const [only] = this.#pieces
    const whole = only && this.#pieces.length === 1 ? only : Buffer.concat(this.#pieces)
    this.#pieces = [whole]
    return whole
  }
}
