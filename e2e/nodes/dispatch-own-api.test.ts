import { expect, test } from 'vitest'
import { readEvents } from '../../src/services/api-v1/testing/event-reader.ts'
import { misfitOf, openApiDocument, operationsOf } from '../../src/services/api-v1/testing/openapi-document.ts'
import { type DispatchFace, fileServer, startDispatchNode } from './support/dispatch-node.ts'
import { makePhoto } from './support/inputs.ts'
import { temporaryFolder } from './support/node-process.ts'

interface Job {
  job_id: string
  state: string
  output_url: string | null
}

const ask = (face: DispatchFace, method: string, path: string, body?: object, headers: Record<string, string> = {}) =>
  fetch(face.url + path, {
    method,
    headers: { 'x-api-key': face.key, ...(body && { 'content-type': 'application/json' }), ...headers },
    ...(body && { body: JSON.stringify(body) })
  })

/** Listens until the job has ended; all its states, and the id of the last event. */
async function heard(face: DispatchFace, id: string): Promise<{ states: string[]; last: Job; lastId: string }> {
  const events = await readEvents(`${face.url}/api/v1/jobs/${id}/events`, { 'x-api-key': face.key })
  const jobs: Job[] = []
  for (let event = await events.next(); event; event = await events.next()) jobs.push(JSON.parse(event.data ?? ''))
  const last = jobs.at(-1)
  if (!last) throw new Error(`nothing was heard of job ${id}`)
  return { states: jobs.map(({ state }) => state), last, lastId: events.lastId() ?? '' }
}

test('a photo by URL is submitted, heard of, converted, and fetched in parts; a killed node still has it', async () => {
  const files = await fileServer()
  const source_url = files.offer('/photos/photo.jpg', await makePhoto(await temporaryFolder()))
  const { node, face } = await startDispatchNode()
  const submitted = await ask(face, 'POST', '/api/v1/jobs', { source_url, profile: 'webp', priority: 'high' })
  expect(submitted.status).toBe(201)
  const { job_id: id } = (await submitted.json()) as Job

  const { states, last, lastId } = await heard(face, id)
  expect(states.at(-1)).toBe('completed')
  expect(states.every((state) => ['queued', 'running', 'verifying', 'completed'].includes(state))).toBe(true)
  expect(last.output_url).toBe(`/api/v1/jobs/${id}/result`)

  const whole = await ask(face, 'GET', last.output_url ?? '')
  const bytes = Buffer.from(await whole.arrayBuffer())
  expect([whole.status, whole.headers.get('content-type'), bytes.subarray(8, 12).toString()]).toEqual([
    200,
    'image/webp',
    'WEBP'
  ])
  const part = await ask(face, 'GET', last.output_url ?? '', undefined, {
    range: 'bytes=8-11',
    'if-range': whole.headers.get('etag') ?? ''
  })
  expect([part.status, await part.text()]).toEqual([206, 'WEBP'])

  await node.stop('SIGKILL')
  await node.restart()
  const list = (await (await ask(face, 'GET', '/api/v1/jobs?state=completed')).json()) as { jobs: Job[]; total: number }
  expect(list).toMatchObject({ jobs: [{ job_id: id, state: 'completed' }], total: 1 })
  expect(Buffer.from(await (await ask(face, 'GET', last.output_url ?? '')).arrayBuffer())).toEqual(bytes)
  const events = await readEvents(`${face.url}/api/v1/events`, { 'x-api-key': face.key, 'last-event-id': lastId })
  expect((await events.next())?.event).toBe('reset')
  await events.close()
})

test('pages of a real list lead through all of it, a cancelled job can be retried, and the document fits the answers', async () => {
  const { face } = await startDispatchNode({ args: ['--no-local-work'] })
  const document = openApiDocument.parse(await (await fetch(`${face.url}/docs/json`)).json())
  const ids: string[] = []
  const submit = async () => {
    const answer = await ask(face, 'POST', '/api/v1/jobs', { source_url: 'http://127.0.0.1:9/a.mp4' })
    return ((await answer.json()) as Job).job_id
  }
  for (let at = 0; at < 5; at += 1) ids.unshift(await submit())

  const seen: string[] = []
  let cursor = ''
  do {
    const answer = await ask(face, 'GET', `/api/v1/jobs?limit=2${cursor && `&cursor=${cursor}`}`)
    const page = (await answer.json()) as { jobs: Job[]; next_cursor: string | null }
    seen.push(...page.jobs.map(({ job_id }) => job_id))
    cursor = page.next_cursor ?? ''
    if (cursor) await submit()
  } while (cursor)
  expect(seen).toEqual(ids)

  const [id] = ids
  const moves = [
    ['cancel', 200, 'cancelled'],
    ['cancel', 409, undefined],
    ['retry', 200, 'queued']
  ] as const
  for (const [move, status, state] of moves) {
    const answer = await ask(face, 'POST', `/api/v1/jobs/${id}/${move}`)
    expect([move, answer.status, ((await answer.json()) as Partial<Job>).state]).toEqual([move, status, state])
  }
  for (const { name, path, operation } of operationsOf(document)) {
    if (!name.startsWith('GET ') || path.endsWith('/events')) continue
    const answer = await ask(face, 'GET', path.replace('{id}', String(id)))
    const answered = {
      status: answer.status,
      type: answer.headers.get('content-type') ?? '',
      text: await answer.text()
    }
    expect([name, misfitOf(document, operation, answered)]).toEqual([name, undefined])
  }
})
