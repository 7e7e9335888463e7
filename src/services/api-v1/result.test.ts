import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type OpenApi, openApi } from './testing/open-api.ts'

let api: OpenApi
let folder: string
let path: string

beforeEach(async () => {
  api = await openApi()
  folder = await mkdtemp(join(tmpdir(), 'microtome-api-'))
  const file = join(folder, 'Zellkern "100 %" #1 ä.mp4')
  await writeFile(file, '0123456789')
  const job = await api.call('POST', '/api/v1/jobs', { body: { source_url: 'https://media.example.org/a.mov' } })
  const { job_id } = job.json as { job_id: string }
  path = `/api/v1/jobs/${job_id}`
  api.dispatch.completeHere(job_id, file)
})
afterEach(async () => {
  await api.close()
  await rm(folder, { recursive: true })
})

const fetched = (headers?: Record<string, string>, method = 'GET') =>
  api.call(method, `${path}/result`, { headers: headers ?? {} })

test('a completed job says where its result is, which is a file with its name and type', async () => {
  expect((await api.call('GET', path)).json).toMatchObject({ state: 'completed', output_url: `${path}/result` })
  const { status, text, headers } = await fetched()
  expect([status, text, headers.get('content-type'), headers.get('content-length')]).toEqual([
    200,
    '0123456789',
    'video/mp4',
    '10'
  ])
  expect(headers.get('content-disposition')).toBe(
    `attachment; filename="Zellkern _100 __ #1 _.mp4"; filename*=UTF-8''Zellkern%20%22100%20%25%22%20%231%20%C3%A4.mp4`
  )
})

test('a part of it is fetched by Range, goes on only where it is the same file, and is checked without fetching', async () => {
  const part = await fetched({ range: 'bytes=3-5' })
  expect([part.status, part.text, part.headers.get('content-range')]).toEqual([206, '345', 'bytes 3-5/10'])
  const etag = part.headers.get('etag') ?? ''
  expect(etag).not.toBe('')
  // Without that, fetch asks for a file that no cache has.
  expect((await fetched({ 'if-none-match': etag, 'cache-control': 'max-age=0' })).status).toBe(304)
  expect(await fetched({ range: 'bytes=3-5', 'if-range': '"another"' })).toMatchObject({
    status: 200,
    text: '0123456789'
  })
  expect(await fetched({}, 'HEAD')).toMatchObject({ status: 200, text: '' })
})

test('a range behind its end is a 416 with the size, in the one form', async () => {
  const { status, json, headers } = await fetched({ range: 'bytes=20-' })
  expect([status, headers.get('content-range')]).toEqual([416, 'bytes */10'])
  expect(json).toMatchObject({ error: { code: 'range-not-satisfiable' } })
})

test('a result that is gone is a 410 that says so, in the one form', async () => {
  await rm(folder, { recursive: true })
  expect(await fetched()).toMatchObject({
    status: 410,
    json: { error: { code: 'result-gone', hint: expect.stringContaining('keepResultsDays') } }
  })
  folder = await mkdtemp(join(tmpdir(), 'microtome-api-'))
})

test('a job that is not completed has no result, and one of an engine has it elsewhere', async () => {
  const { json } = await api.call('POST', '/api/v1/jobs', { body: { source_url: 'https://media.example.org/a.mov' } })
  const { job_id } = json as { job_id: string }
  const asked = () => api.call('GET', `/api/v1/jobs/${job_id}/result`)
  expect(await asked()).toMatchObject({
    status: 404,
    json: { error: { code: 'no-result', message: expect.stringContaining('queued') } }
  })
  await api.dispatch.heartbeat({ id: 'e1' })
  await api.dispatch.assign('e1')
  await api.dispatch.complete(job_id, 'https://media.example.org/out.mp4')
  expect(await asked()).toMatchObject({ status: 404, json: { error: { hint: expect.stringContaining('output_url') } } })
})
