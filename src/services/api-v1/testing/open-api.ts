import { EventEmitter } from 'node:events'
import fastify from 'fastify'
import type { KeysApi, ServiceApi } from '../../../engine/service-api.ts'
import { type KeyScope, keyScopes } from '../../../shared/domain/keys.ts'
import { MemoryDispatch } from '../../dispatch/testing/memory-dispatch.ts'
import { addApiKeyAuth } from '../../host/auth/index.ts'
import { answerBadAddress } from '../../host/load/ordinary-answers.ts'
import { apiDocs, apiV1Routes } from '../index.ts'
import type { FeedOptions } from '../job-feed.ts'

export interface Answer {
  status: number
  headers: Headers
  text: string
  /** Undefined where the body is no JSON. */
  json: unknown
}

export interface OpenApi {
  url: string
  dispatch: MemoryDispatch
  /** What was logged. */
  lines: string[]
  /** Sends `body` as JSON, and the key of the scope `admin` where none is named. */
  call(method: string, path: string, options?: CallOptions): Promise<Answer>
  /** Tells those who listen that the key of a scope was revoked. */
  revoke(scope: KeyScope): void
  /** As the host does with a service that is taken out. */
  end(): void
  close(): Promise<void>
}

export interface CallOptions {
  body?: unknown
  key?: KeyScope | 'wrong' | 'none'
  headers?: Record<string, string>
}

/** The API with its documents on a free port of 127.0.0.1, over jobs in memory. Keys are called as their scope. */
export async function openApi(
  options: { feed?: Partial<FeedOptions>; dispatch?: MemoryDispatch } = {}
): Promise<OpenApi> {
  const dispatch = options.dispatch ?? new MemoryDispatch()
  const lines: string[] = []
  const ended = new AbortController()
  const app = fastify({ forceCloseConnections: true, frameworkErrors: answerBadAddress })
  const api = only<ServiceApi>({ nodeId: 'node-1', name: 'Lab 1', version: '1.2.3', dispatch, keys })
  await app.register(async (scope) => {
    await addApiKeyAuth(scope, { keys })
    await scope.register(apiDocs, { title: 'Lab 1', version: api.version })
    await scope.register(apiV1Routes, {
      api,
      signal: ended.signal,
      log: { warn: (message, fields) => void lines.push(JSON.stringify({ message, ...fields })) },
      feed: options.feed
    })
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    url,
    dispatch,
    lines,
    call: (method, path, how) => call(url + path, method, how),
    revoke: (scope) => void revoked.emit('key', scope),
    end: () => ended.abort(),
    async close() {
      ended.abort()
      await app.close()
    }
  }
}

/** Keys that are taken away: `emit('key', scope)`. */
const revoked = new EventEmitter<{ key: [id: string] }>()

const keys = only<KeysApi>({
  check(name) {
    const scope = keyScopes.find((known) => known === name)
    return scope && { id: scope, label: scope, scopes: [scope], createdAtMs: 0 }
  },
  onRevoke(listener) {
    revoked.on('key', listener)
    return () => void revoked.off('key', listener)
  }
})

async function call(
  url: string,
  method: string,
  { body, key = 'admin', headers = {} }: CallOptions = {}
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(key !== 'none' && { 'x-api-key': key }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) })
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: parsed(text) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Has what is given and throws for the rest. */
function only<T extends object>(given: Partial<T>): T {
  return new Proxy(given, {
    get(target, name) {
      if (name in target) return Reflect.get(target, name)
      throw new Error(`${String(name)} is not for this API`)
    }
  }) as T
}
