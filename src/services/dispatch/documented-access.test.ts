import { expect, test } from 'vitest'
import { z } from 'zod'
import {
  engineListAnswer,
  jobAnswer,
  jobListAnswer,
  problemAnswer,
  statsAnswer,
  storagePoolAnswer
} from './answer-schemas.ts'
import { documentedFace, wish } from './testing/documented-face.ts'

const { face, post, get, submit, lend } = documentedFace()

test('health and stats count', async () => {
  await lend()
  await submit()
  await post('/engines/heartbeat', { engine_id: 'gone' })
  face().dispatch.silence('gone')
  expect((await get('/health', { key: null })).json()).toEqual({
    status: 'healthy',
    version: '1.2.3',
    uptime_seconds: expect.any(Number),
    jobs_queued: 1,
    engines_active: 1
  })
  expect((await get('/stats')).json()).toEqual({
    jobs: { total: 2, pending: 1, processing: 1, completed: 0, failed: 0, cancelled: 0 },
    engines: { total: 2, active: 1, idle: 0, busy: 1, offline: 1 },
    performance: { avg_job_time: 0, jobs_per_hour: 0, success_rate: 100 }
  })
})

test('the slash belongs to the path', async () => {
  for (const path of ['/jobs', '/engines', '/health/', '/stats/']) expect((await get(path)).status).toBe(404)
  expect((await post('/assign_job', { engine_id: 'e' })).status).toBe(404)
  expect((await post('/jobs', wish)).status).toBe(404)
})

test('without a key there is nothing but / and /health', async () => {
  const nothing = { key: null }
  expect((await get('/', nothing)).text).toBe('OK')
  expect((await get('/health', nothing)).status).toBe(200)
  const refused = await get('/jobs/', nothing)
  expect([refused.status, refused.text]).toEqual([401, "Unauthorized: Missing 'X-API-Key' header."])
  const wrong = await get('/jobs/', { key: 'wrong' })
  expect([wrong.status, wrong.text]).toEqual([401, 'Unauthorized'])
})

test('a key does what it was made for', async () => {
  const id = await submit()
  const table: [method: string, path: string, allowed: string[]][] = [
    ['GET', '/jobs/', ['read', 'submit']],
    ['GET', `/jobs/${id}`, ['read', 'submit', 'work']],
    ['GET', `/jobs/${id}/output`, ['read', 'submit']],
    ['POST', '/jobs/', ['submit']],
    ['PUT', `/jobs/${id}`, ['submit']],
    ['POST', `/jobs/${id}/cancel`, ['submit']],
    ['POST', `/jobs/${id}/retry`, ['submit']],
    ['POST', `/jobs/${id}/complete`, ['work']],
    ['POST', `/jobs/${id}/fail`, ['work']],
    ['POST', `/jobs/${id}/progress`, ['work']],
    ['POST', '/engines/heartbeat', ['work']],
    ['POST', '/engines/benchmark_result', ['work']],
    ['POST', '/assign_job/', ['work']],
    ['GET', '/engines/', ['read', 'work']],
    ['GET', '/stats', ['read']],
    ['POST', '/storage_pools/', []],
    ['GET', '/storage_pools/', ['read', 'work']],
    ['GET', '/tdarr/status', ['read']],
    ['POST', '/tdarr/submit', ['submit']],
    ['DELETE', '/engines/e', []]
  ]
  for (const [method, path, allowed] of table)
    for (const key of ['submit', 'work', 'read']) {
      // What is not JSON is refused after the key: nothing changes.
      const { status } = await face().call(method, path, { key, ...(method !== 'GET' && { body: '{' }) })
      expect([method, path, key, status === 403]).toEqual([method, path, key, !allowed.includes(key)])
    }
})

test('a refusal for the scope says which one it takes', async () => {
  const refused = await post('/jobs/', wish, { key: 'read' })
  expect(problemAnswer.parse(refused.json())).toMatchObject({
    error: 'Forbidden: the key needs the scope submit',
    status: 403
  })
})

test('storage pools are noted down, and there is no Tdarr', async () => {
  const made = await post('/storage_pools/', { name: 'nas', capacity_gb: 500.5, path: '/srv' })
  expect(made.status).toBe(201)
  const pool = storagePoolAnswer.parse(made.json())
  expect(pool).toMatchObject({ name: 'nas', capacity_gb: 500.5, used_gb: 0, path: '/srv' })
  expect((await get('/storage_pools/')).json()).toEqual([pool])
  expect(face().lines).toEqual([expect.stringContaining('nothing is stored in it')])
  for (const field of ['name', 'capacity_gb']) {
    const refused = await post('/storage_pools/', { name: 'nas', capacity_gb: 1, [field]: {} })
    expect([refused.status, refused.json<{ error: string }>().error]).toEqual([
      400,
      expect.stringContaining(`'${field}'`)
    ])
  }
  expect((await get('/tdarr/status')).json()).toEqual({ tdarr_server: 'offline' })
  const submitted = await post('/tdarr/submit', { file: 'x' })
  expect([submitted.status, submitted.json()]).toEqual([502, { error: 'Failed to submit job to Tdarr' }])
})

test('what is answered is described: every JSON answer has a schema', () => {
  for (const schema of [jobAnswer, jobListAnswer, engineListAnswer, statsAnswer])
    expect(z.toJSONSchema(schema)).toBeDefined()
})
