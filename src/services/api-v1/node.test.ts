import { afterEach, beforeEach, expect, test } from 'vitest'
import type { KeyScope } from '../../shared/domain/keys.ts'
import { type OpenApi, openApi } from './testing/open-api.ts'

let api: OpenApi
beforeEach(async () => {
  api = await openApi()
})
afterEach(() => api.close())

const submit = () => api.call('POST', '/api/v1/jobs', { body: { source_url: 'https://media.example.org/a.mov' } })

test('the status counts jobs in our words and in those of distconv, and engines by what they do', async () => {
  await submit()
  await submit()
  await api.dispatch.heartbeat({ id: 'busy' })
  await api.dispatch.heartbeat({ id: 'idle' })
  await api.dispatch.heartbeat({ id: 'gone' })
  await api.dispatch.assign('busy')
  api.dispatch.silence('gone')
  expect((await api.call('GET', '/api/v1/status')).json).toMatchObject({
    status: 'healthy',
    version: '1.2.3',
    api_version: 'v1',
    node: { id: 'node-1', name: 'Lab 1' },
    jobs_total: 2,
    engines_total: 3,
    jobs: { queued: 1, running: 1, completed: 0 },
    job_statistics: { pending: 1, assigned: 1, failed_permanently: 0 },
    engine_statistics: { idle: 1, busy: 1, offline: 1 }
  })
  expect((await api.call('GET', '/api/v1/version')).json).toEqual({ version: '1.2.3', api_version: 'v1' })
})

test('an engine is listed with what it said, and null for what it never did', async () => {
  await api.dispatch.heartbeat({ id: 'e1', supportedCodecs: ['h264'], benchmarkS: 12.5 })
  expect((await api.call('GET', '/api/v1/engines')).json).toMatchObject({
    engines: [
      {
        engine_id: 'e1',
        status: 'idle',
        supported_codecs: ['h264'],
        benchmark_time: 12.5,
        hostname: null,
        streaming_support: null,
        jobs: []
      }
    ]
  })
})

test('an engine that is removed gives its jobs back', async () => {
  const { job_id } = (await submit()).json as { job_id: string }
  await api.dispatch.heartbeat({ id: 'e/1' })
  await api.dispatch.assign('e/1')
  const removed = await api.call('DELETE', '/api/v1/engines/e%2F1')
  expect(removed).toMatchObject({ status: 200, json: { message: 'Engine deregistered', engine_id: 'e/1' } })
  expect((await api.call('GET', `/api/v1/jobs/${job_id}`)).json).toMatchObject({
    state: 'queued',
    assigned_engine: null
  })
  expect((await api.call('GET', '/api/v1/engines')).json).toEqual({ engines: [] })
  const again = await api.call('DELETE', '/api/v1/engines/e%2F1')
  expect(again).toMatchObject({ status: 404, json: { error: { code: 'unknown-engine' } } })
})

test('each route is for the keys that need it, and refuses others in the one form', async () => {
  const { job_id } = (await submit()).json as { job_id: string }
  const job = `/api/v1/jobs/${job_id}`
  const allowed: [string, string, KeyScope[]][] = [
    ['GET', '/api/v1/jobs', ['read', 'submit', 'admin']],
    ['GET', job, ['read', 'submit', 'admin']],
    ['GET', `${job}/result`, ['read', 'submit', 'admin']],
    ['POST', '/api/v1/jobs', ['submit', 'admin']],
    ['POST', `${job}/retry`, ['submit', 'admin']],
    ['GET', '/api/v1/status', ['read', 'submit', 'work', 'admin']],
    ['GET', '/api/v1/engines', ['read', 'admin']],
    ['DELETE', '/api/v1/engines/e1', ['admin']]
  ]
  for (const [method, path, scopes] of allowed)
    for (const key of ['read', 'submit', 'work', 'admin'] as const) {
      const { status, json } = await api.call(method, path, { key })
      expect([method, path, key, status !== 403]).toEqual([method, path, key, scopes.includes(key)])
      if (status === 403) expect(json).toMatchObject({ error: { code: 'wrong-scope', message: expect.any(String) } })
    }
  expect(await api.call('GET', '/api/v1/status', { key: 'none' })).toMatchObject({
    status: 401,
    json: { error: { code: 'missing-key' } }
  })
})
