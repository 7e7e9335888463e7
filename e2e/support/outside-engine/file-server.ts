import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import type { AtEnd } from '../node-process-core.ts'

/** Where sources lie and results go in the tests: files to GET, and whatever was PUT. */
export interface FileServer {
  /** Address of a path on it. */
  url(path: string): string
  /** Makes a file available and answers its address. */
  offer(path: string, file: string): string
  /** Bodies that were PUT, by path. */
  readonly received: Map<string, Buffer>
  /** `METHOD path` of every request, in order. */
  readonly requests: string[]
}

/** Listens on a free port of 127.0.0.1 until the test is over. */
export async function startFileServer(atEnd: AtEnd): Promise<FileServer> {
  const offered = new Map<string, string>()
  const received = new Map<string, Buffer>()
  const requests: string[] = []
  const server = createServer(async (request, response) => {
    const path = request.url ?? '/'
    requests.push(`${request.method} ${path}`)
    // A caller that is killed leaves in the middle, which is what some tests are about.
    await answer(request, response, offered.get(path), received).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  atEnd(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const url = (path: string) => `${base}${path}`
  const offer = (path: string, file: string) => {
    offered.set(path, file)
    return url(path)
  }
  return { url, offer, received, requests }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  file: string | undefined,
  received: Map<string, Buffer>
): Promise<void> {
  if (request.method === 'PUT') {
    received.set(request.url ?? '/', await buffer(request))
    response.writeHead(201).end()
  } else if (file === undefined) response.writeHead(404).end()
  else {
    response.writeHead(200, { 'content-length': (await stat(file)).size, 'content-type': 'video/mp4' })
    if (request.method === 'HEAD') response.end()
    else await pipeline(createReadStream(file), response)
  }
}
