import { expect, test } from 'vitest'
import { progressAnswer } from './answer-schemas.ts'
import { documentedFace } from './testing/documented-face.ts'

const { face, post, get, submit, assign, lend } = documentedFace()

test('engines complete jobs, once and again', async () => {
  const id = await lend()
  const first = await post(`/jobs/${id}/complete`, { output_url: 'http://storage.example.com/output.mp4' })
  expect([first.status, first.json()]).toEqual([
    200,
    expect.objectContaining({
      status: 'completed',
      assigned_engine: null,
      output_url: 'http://storage.example.com/output.mp4'
    })
  ])
  const again = await post(`/jobs/${id}/complete`, { output_url: 'http://elsewhere.example.com/' })
  expect([again.status, again.json()]).toEqual([200, first.json()])
})

test('complete needs an address, in both senses', async () => {
  const id = await lend()
  for (const body of [undefined, {}, { output_url: null }, { output_url: 5 }])
    expect((await post(`/jobs/${id}/complete`, body)).json<{ error: string }>().error).toContain("'output_url'")
  expect((await get(`/jobs/${id}`)).json()).toMatchObject({ status: 'processing' })
})

test('a failed try is repeated while retries are left', async () => {
  const id = await lend({ max_retries: 1 })
  const first = await post(`/jobs/${id}/fail`, { error_message: 'codec not supported' })
  expect(first.json()).toMatchObject({ status: 'pending', retries: 1, error_message: 'codec not supported' })
  await assign('engine-001')
  expect((await post(`/jobs/${id}/fail`)).json()).toMatchObject({
    status: 'failed',
    error_message: 'Job reported failure'
  })
  expect((await post(`/jobs/${id}/retry`)).json()).toMatchObject({ status: 'pending', retries: 0 })
})

test('cancel and retry in the wrong state are 400 and say which', async () => {
  const id = await submit()
  const early = await post(`/jobs/${id}/retry`)
  expect([early.status, early.json()]).toEqual([
    400,
    {
      error: 'Job is not in a failed or cancelled state',
      error_type: 'validation_error',
      details: `Job ID: ${id}`,
      status: 400
    }
  ])
  expect((await post(`/jobs/${id}/cancel`)).json()).toMatchObject({ status: 'cancelled' })
  const twice = await post(`/jobs/${id}/cancel`)
  expect([twice.status, twice.json()]).toEqual([
    400,
    expect.objectContaining({ error: 'Job cannot be cancelled in current state', details: 'Current status: cancelled' })
  ])
  expect((await post(`/jobs/${id}/complete`, { output_url: 'http://x/' })).status).toBe(400)
  expect((await post(`/jobs/${id}/progress`, { progress: 5 })).status).toBe(400)
})

test('an engine that names itself reports only of what it holds', async () => {
  const id = await lend()
  const stranger = { engine_id: 'engine-002' }
  expect((await post(`/jobs/${id}/complete`, { output_url: 'http://x/', ...stranger })).status).toBe(400)
  expect((await post(`/jobs/${id}/fail`, stranger)).status).toBe(400)
  expect((await post(`/jobs/${id}/progress`, { progress: 1, ...stranger })).status).toBe(400)
  expect((await post(`/jobs/${id}/complete`, { output_url: 'http://x/', engine_id: 'engine-001' })).status).toBe(200)
})

test('progress is a percentage', async () => {
  const id = await lend()
  const answer = await post(`/jobs/${id}/progress`, { progress: 45.2 })
  expect(progressAnswer.parse(answer.json())).toEqual({ job_id: id, progress: 45.2, message: '' })
  for (const progress of [-1, 100.1, 'half', null, undefined])
    expect((await post(`/jobs/${id}/progress`, { progress })).json<{ error: string }>().error).toContain("'progress'")
})

test('PUT changes what can be changed, lets a record come back as it was read, and says what it does not do', async () => {
  const id = await submit()
  const read = (await get(`/jobs/${id}`)).json()
  const changed = await face().call('PUT', `/jobs/${id}`, { body: { ...read, priority: 2, max_retries: 7 } })
  expect([changed.status, changed.json()]).toEqual([200, expect.objectContaining({ priority: 2, max_retries: 7 })])
  const refused = await face().call('PUT', `/jobs/${id}`, { body: { status: 'completed' } })
  expect([refused.status, refused.json<{ error: string }>().error]).toEqual([
    400,
    "Bad Request: 'status' cannot be changed."
  ])
  expect((await face().call('PUT', `/jobs/${id}`, { body: { priority: 'high' } })).status).toBe(400)
  expect((await face().call('PUT', `/jobs/${id}`)).status).toBe(400)
})
