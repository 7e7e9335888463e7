import type { KeysApi, ServiceApi } from '../../../engine/service-api.ts'
import { keyScopes } from '../../../shared/domain/keys.ts'
import { type CallOptions, callFace } from '../../dispatch/testing/call-face.ts'
import { MemoryDispatch } from '../../dispatch/testing/memory-dispatch.ts'
import { startHost } from '../../host/index.ts'
import type { Answered } from './openapi-document.ts'

export interface HostedFace {
  url: string
  dispatch: MemoryDispatch
  /** Warnings, and what was nobody's fault but ours. */
  lines: string[]
  /** With the key `admin` where none is named; null sends none. */
  call(method: string, path: string, options?: CallOptions): Promise<HostedAnswer>
  close(): Promise<void>
}

export interface HostedAnswer extends Answered {
  headers: Headers
  /** Throws where it is none. */
  json(): never
}

/** The dispatch face as the host loads and serves it, all its routes, on a free port of 127.0.0.1, over jobs in memory. */
export async function openHosted(settings: Record<string, unknown> = {}): Promise<HostedFace> {
  const dispatch = new MemoryDispatch()
  const lines: string[] = []
  const noted = (...what: unknown[]) => void lines.push(what.map((part) => JSON.stringify(part)).join(' '))
  const host = await startHost({
    api: apiOver(dispatch),
    config: { version: 1, servers: [] },
    listen: [{ name: 'dispatch', port: 0 }],
    settings: { dispatch: settings },
    log: { info: () => undefined, warn: noted },
    onBug: (thrown) => noted(String(thrown)),
    patience: { graceMs: 1000 }
  })
  const url = host.urls().dispatch?.[0] ?? ''
  return {
    url,
    dispatch,
    lines,
    call: async (method, path, options) =>
      (await callFace(url + path, method, { key: 'admin', ...options })) as HostedAnswer,
    close: () => host.close()
  }
}

function apiOver(dispatch: MemoryDispatch): ServiceApi {
  const keys: Pick<KeysApi, 'check' | 'onRevoke'> = {
    onRevoke: () => () => undefined,
    check(name) {
      const scope = keyScopes.find((known) => known === name)
      return scope && { id: scope, label: scope, scopes: [scope], createdAtMs: 0 }
    }
  }
  const api: Partial<ServiceApi> = {
    nodeId: 'node-1',
    name: 'Lab 1',
    version: '1.2.3',
    dispatch,
    keys: keys as KeysApi,
    figures: async () => ({ startedAtMs: 0, jobs: [], workers: [], children: 0, ended: [] })
  }
  return api as ServiceApi
}
