import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRouterClient, implement } from '@orpc/server'
import { peerContract } from '../../../shared/contract/peer.ts'
import { toRpcError } from '../../../shared/contract/rpc-error.ts'
import { MicrotomeError } from '../../../shared/errors.ts'
import type { PeerLink, PeerRequest } from '../../fleet/peer-link.ts'

type Handlers = Record<string, (input: never, context: { nodeId: string }) => Promise<unknown>>

/** A node as its peers see it, without the trust layer: real HTTP on loopback, calls parsed by the contract. */
export class LoopbackNode {
  readonly nodeId: string
  handlers: Handlers = {}
  onHttp: (request: IncomingMessage, response: ServerResponse, nodeId: string) => Promise<void> = async () => {}
  readonly links = new Map<string, LoopbackLink>()
  readonly #server = createServer((request, response) => {
    const nodeId = String(request.headers['x-node'])
    // A paired node that can't be told is what the real door refuses.
    void this.onHttp(request, response, nodeId)
  })

  constructor(nodeId: string) {
    this.nodeId = nodeId
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
  }

  async close(): Promise<void> {
    for (const link of this.links.values()) link.break()
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

/** One side's view of a connection between two loopback nodes. */
export class LoopbackLink implements PeerLink {
  readonly nodeId: string
  readonly name: string
  readonly address: string
  readonly dialled: boolean
  readonly compatible = true
  readonly client: PeerLink['client']
  readonly closed: Promise<void>
  readonly #own: LoopbackNode
  readonly #port: number
  readonly #broken = new AbortController()
  other: LoopbackLink | undefined

  constructor(own: LoopbackNode, peer: LoopbackNode, dialled: boolean, port = peer.port) {
    this.#own = own
    this.#port = port
    this.nodeId = peer.nodeId
    this.name = `node ${peer.nodeId}`
    this.address = `127.0.0.1:${port}`
    this.dialled = dialled
    this.client = clientOf(own.nodeId, peer, () => this.broken)
    this.closed = new Promise((resolve) => this.#broken.signal.addEventListener('abort', () => resolve()))
  }

  get broken(): boolean {
    return this.#broken.signal.aborted
  }

  /** Both sides lose it, as when a cable is pulled. */
  break(): void {
    if (this.broken) return
    this.#broken.abort()
    if (this.#own.links.get(this.nodeId) === this) this.#own.links.delete(this.nodeId)
    this.other?.break()
  }

  request({ method, path, headers, body, signal }: PeerRequest): Promise<IncomingMessage> {
    if (!this.dialled)
      throw new MicrotomeError({
        code: 'cannot-dial',
        class: 'transport',
        message: 'The other side dialled this link.'
      })
    const signals = signal ? [signal, this.#broken.signal] : [this.#broken.signal]
    return new Promise((resolve, reject) => {
      const request = httpRequest(
        {
          host: '127.0.0.1',
          port: this.#port,
          method,
          path,
          headers: { ...headers, 'x-node': this.#own.nodeId },
          signal: AbortSignal.any(signals),
          agent: false
        },
        resolve
      )
      request.on('error', reject)
      if (body) {
        body.on('error', (error) => request.destroy(error))
        body.pipe(request)
      } else request.end()
    })
  }
}

/** Links two nodes, dialled by the first; `port` names a relay before the second. Answers the first one's side. */
export function dial(from: LoopbackNode, to: LoopbackNode, port?: number): LoopbackLink {
  const near = new LoopbackLink(from, to, true, port)
  const far = new LoopbackLink(to, from, false)
  near.other = far
  far.other = near
  from.links.set(to.nodeId, near)
  to.links.set(from.nodeId, far)
  return near
}

function clientOf(callerId: string, callee: LoopbackNode, isBroken: () => boolean): PeerLink['client'] {
  const os = implement(peerContract).$context<{ nodeId: string }>()
  const call = async ({
    input,
    context,
    path
  }: {
    input: unknown
    context: { nodeId: string }
    path: readonly string[]
  }) => {
    const handler = callee.handlers[path[0] ?? '']
    if (isBroken() || !handler) throw new Error('the connection is gone')
    const answer = await handler(input as never, context).catch((error: unknown) => {
      throw toRpcError(error)
    })
    if (isBroken()) throw new Error('the connection is gone')
    return answer as never
  }
  const router = Object.fromEntries(
    Object.keys(peerContract).map((name) => [name, os[name as 'offer'].handler((options) => call(options))])
  )
  return createRouterClient(router, { context: { nodeId: callerId } }) as unknown as PeerLink['client']
}
