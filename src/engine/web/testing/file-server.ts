import { once } from 'node:events'
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse
} from 'node:http'
import type { AddressInfo } from 'node:net'

export type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** An HTTP server on loopback that answers as a test says and remembers what it was asked. */
export class FileServer {
  readonly asked: { method: string; path: string; headers: IncomingHttpHeaders }[] = []
  readonly #server: Server

  private constructor(handler: Handler) {
    this.#server = createServer((request, response) => {
      const { method = '', url = '', headers } = request
      this.asked.push({ method, path: url, headers })
      handler(request, response)
    })
  }

  static async open(handler: Handler, host = '127.0.0.1'): Promise<FileServer> {
    const server = new FileServer(handler)
    server.#server.listen(0, host)
    await once(server.#server, 'listening')
    return server
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  url(path: string, host = '127.0.0.1'): string {
    return `http://${host}:${this.port}${path}`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}

/** The first byte that a request wants. */
export function startOf({ headers }: IncomingMessage): number {
  return Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0)
}

/** Answers a file with length, strong ETag and ranges, as any file server does. */
export function serve(bytes: Buffer, etag = '"v1"'): Handler {
  return (request, response) => {
    const start = startOf(request)
    const goesOn = start > 0 && request.headers['if-range'] === etag
    const from = goesOn ? start : 0
    response.writeHead(goesOn ? 206 : 200, {
      etag,
      'content-length': bytes.length - from,
      ...(goesOn && { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` })
    })
    response.end(bytes.subarray(from))
  }
}
