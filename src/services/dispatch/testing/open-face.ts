import type { KeysApi, ServiceApi } from '../../../engine/service-api.ts'
import type { ApiKey, KeyScope } from '../../../shared/domain/keys.ts'
import type { ServersConfigInput } from '../../host/config/schema.ts'
import { startHost } from '../../host/index.ts'
import { type Answer, type CallOptions, callFace } from './call-face.ts'
import { MemoryDispatch } from './memory-dispatch.ts'

export interface OpenFace {
  url: string
  dispatch: MemoryDispatch
  /** What the face logged, as JSON. */
  lines: string[]
  call(method: string, path: string, options?: CallOptions): Promise<Answer>
  close(): Promise<void>
}

/** Keys named as their scope; `full` is an admin's. */
const scopesOf: Record<string, KeyScope[]> = {
  full: ['admin'],
  submit: ['submit'],
  work: ['work'],
  read: ['read']
}

type Features = NonNullable<NonNullable<ServersConfigInput['servers'][number]['server']>['features']>

/** The dispatch face on a free port of 127.0.0.1, in its real host, over jobs in memory. */
export async function openFace(settings: Record<string, unknown> = {}, features?: Features): Promise<OpenFace> {
  const dispatch = new MemoryDispatch()
  const lines: string[] = []
  const log = (message: string, fields?: Record<string, unknown>) =>
    void lines.push(JSON.stringify({ message, ...fields }))
  const host = await startHost({
    api: fakeApi(dispatch),
    config: { servers: features ? [{ id: 2, name: 'dispatch', server: { file: 'builtin:dispatch', features } }] : [] },
    listen: [{ name: 'dispatch', port: 0 }],
    settings: { dispatch: settings },
    log: { info: log, warn: log },
    onBug: (thrown) => log(`a bug: ${thrown}`)
  })
  const [url] = host.urls().dispatch ?? []
  if (url === undefined) throw new Error(`the face does not listen: ${JSON.stringify(await host.states())}`)
  return {
    url,
    dispatch,
    lines,
    call: (method, path, options) => callFace(`${url}${path}`, method, options),
    close: () => host.close()
  }
}

function fakeApi(dispatch: MemoryDispatch): ServiceApi {
  const keys: Pick<KeysApi, 'check' | 'onRevoke'> = { check: keyNamed, onRevoke: () => () => undefined }
  const api: Partial<ServiceApi> = {
    nodeId: 'node',
    name: 'Lab 1',
    version: '1.2.3',
    dispatch,
    keys: keys as KeysApi,
    figures: async () => ({ startedAtMs: 0, jobs: [], workers: [], children: 0, ended: [] })
  }
  return api as ServiceApi
}

function keyNamed(name: string): ApiKey | undefined {
  const scopes = Object.hasOwn(scopesOf, name) ? scopesOf[name] : undefined
  return scopes && { id: name, label: name, scopes, createdAtMs: 0 }
}
