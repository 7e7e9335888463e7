import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { implement } from '@orpc/server'
import { RPCHandler } from '@orpc/server/ws'
import { type WebSocket, WebSocketServer } from 'ws'
import { type LocalEvent, localContract, type NodeStatus } from '../../shared/contract/local.ts'
import type { Settings } from '../../shared/settings.ts'
import { doorOf, type EngineDoor } from '../engine/engine-door.ts'
import { sampleSettings, sampleStatus } from './samples.ts'

/** A call of the shell, as the engine received it. */
export interface Call {
  what: string
  input: unknown
}

/** The local door of an engine that does nothing: real HTTP, WebSocket and contract, behind which the test says what happens. */
export class FixtureDoor {
  status: NodeStatus = sampleStatus()
  settings: Settings = sampleSettings()
  readonly calls: Call[] = []
  /** Called with `shutdown`. */
  onShutdown: (now: boolean) => void = () => undefined
  /** Answers what is no socket. */
  onRequest: (request: IncomingMessage, response: ServerResponse) => void = (_request, response) =>
    void response.writeHead(404).end()
  readonly #token: string
  readonly #server = createServer((request, response) => this.onRequest(request, response))
  readonly #sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'microtome' })
  readonly #listeners = new Set<(event: LocalEvent) => void>()

  constructor(token = 'fixture-token') {
    this.#token = token
  }

  /** Opens it on a free port of 127.0.0.1. */
  async open(): Promise<void> {
    const handler = new RPCHandler(this.#router())
    this.#server.on('upgrade', (request, socket, head) => {
      const offered = request.headers['sec-websocket-protocol'] ?? ''
      if (request.url !== '/rpc' || !offered.includes(`token.${this.#token}`)) return socket.destroy()
      this.#sockets.handleUpgrade(request, socket, head, (opened: WebSocket) => void handler.upgrade(opened))
      return undefined
    })
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
  }

  /** The address with the token. */
  get uiUrl(): string {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('The fixture has no port.')
    return `http://127.0.0.1:${address.port}/?token=${this.#token}`
  }

  get door(): EngineDoor {
    return doorOf(this.uiUrl)
  }

  /** How many listen to the events. */
  get listening(): number {
    return this.#listeners.size
  }

  /** Tells whoever listens. */
  tell(event: LocalEvent): void {
    if (event.type === 'status') this.status = event.status
    for (const listener of this.#listeners) listener(event)
  }

  /** Cuts every socket, as an engine that dies does. */
  cut(): void {
    for (const socket of this.#sockets.clients) socket.terminate()
  }

  async close(): Promise<void> {
    this.cut()
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #router() {
    const os = implement(localContract)
    const noted = (what: string, input: unknown) => void this.calls.push({ what, input })
    return {
      status: os.status.handler(() => this.status),
      events: os.events.handler(({ signal }) => this.#events(signal)),
      settings: {
        get: os.settings.get.handler(() => {
          noted('settings.get', undefined)
          return { values: this.settings, origins: {}, file: '/data/config.json' }
        })
      },
      nodes: {
        pause: os.nodes.pause.handler(({ input }) => {
          noted('nodes.pause', input)
          return { ok: true as const }
        }),
        resume: os.nodes.resume.handler(({ input }) => {
          noted('nodes.resume', input)
          return { ok: true as const }
        })
      },
      shutdown: os.shutdown.handler(({ input }) => {
        noted('shutdown', input)
        this.onShutdown(input.now)
        return { ok: true as const }
      })
    }
  }

  async *#events(signal: AbortSignal | undefined): AsyncGenerator<LocalEvent, void> {
    let wake = (): void => undefined
    const waiting: LocalEvent[] = [{ type: 'status', status: this.status }]
    const listener = (event: LocalEvent): void => {
      waiting.push(event)
      wake()
    }
    this.#listeners.add(listener)
    signal?.addEventListener('abort', () => wake())
    try {
      while (!signal?.aborted) {
        const next = waiting.shift()
        if (next) yield next
        else
          await new Promise<void>((resolve) => {
            wake = resolve
          })
      }
    } finally {
      this.#listeners.delete(listener)
    }
  }
}
