import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { answerStyles } from '../dispatch/states.ts'
import type { CallOptions } from '../dispatch/testing/call-face.ts'
import { openHosted } from './testing/open-hosted.ts'
import { misfitOf, openApiDocument, operationsOf } from './testing/openapi-document.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'microtome-api-'))
  await writeFile(join(folder, 'a.mp4'), 'result')
})
afterAll(() => rm(folder, { recursive: true }))

const job = { source_url: 'https://media.example.org/a.mov', target_codec: 'h264', max_retries: 1 }

test.for(answerStyles)(
  'a day of a client and an engine: every route answers as the document says, in the style %s',
  async (style) => {
    const face = await openHosted({ answers: style })
    onTestFinished(() => face.close())
    const document = openApiDocument.parse((await face.call('GET', '/docs/json')).json())
    const operations = operationsOf(document)
    const succeeded = new Set<string>()

    /** Calls and compares with the document, which has `{id}` where a path has an id. */
    async function call(
      method: string,
      path: string,
      options?: CallOptions
    ): Promise<{ job_id: string; next_cursor?: string }> {
      const pattern = path.split('?')[0]?.replace(/(jobs|engines)\/(?!heartbeat|benchmark_result)[^/?]+/, '$1/{id}')
      const found = operations.find(({ name }) => name === `${method} ${pattern}`)
      if (!found) throw new Error(`${method} ${pattern} is not in the document`)
      const answer = await face.call(method, path, options)
      expect([found.name, answer.status, misfitOf(document, found.operation, answer)]).toEqual([
        found.name,
        answer.status,
        undefined
      ])
      if (answer.status < 300) succeeded.add(found.name)
      return answer.type.startsWith('application/json') ? answer.json() : { job_id: '' }
    }
    async function hear(path: string): Promise<void> {
      const abort = new AbortController()
      const response = await fetch(face.url + path, { headers: { 'x-api-key': 'admin' }, signal: abort.signal })
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8'])
      abort.abort()
      succeeded.add(`GET ${path.replace(/jobs\/[^/]+/, 'jobs/{id}')}`)
    }

    for (const path of ['/', '/health', '/stats', '/metrics', '/jobs/', '/engines/', '/api/v1/jobs', '/api/v1/engines'])
      await call('GET', path)
    const { job_id: first } = await call('POST', '/jobs/', { body: { ...job, priority: 2 } })
    const { job_id: second } = await call('POST', '/api/v1/jobs', {
      body: { ...job, profile: 'h264', priority: 'high' }
    })
    await call('PUT', `/jobs/${first}`, { body: { priority: 1 } })
    const { next_cursor } = await call('GET', '/api/v1/jobs?limit=1')
    await call('GET', `/api/v1/jobs?limit=1&cursor=${next_cursor}`)
    const codecs = { supported_codecs: ['h264'], status: 'idle', hostname: 'worker', colour: 'red' }
    await call('POST', '/engines/heartbeat', { body: { engine_id: 'e1', ...codecs } })
    await call('POST', '/engines/benchmark_result', { body: { engine_id: 'e1', benchmark_time: 12.5 } })
    await call('POST', '/assign_job/', { body: { engine_id: 'e1' } })
    await call('POST', `/jobs/${first}/progress`, { body: { progress: 45.2, message: 'half' } })
    for (const path of [
      `/jobs/${first}`,
      `/api/v1/jobs/${first}`,
      '/jobs/',
      '/engines/',
      '/api/v1/jobs',
      '/api/v1/engines'
    ])
      await call('GET', path)
    await call('POST', `/jobs/${first}/fail`, { body: { error_message: 'no room' } })
    await call('POST', '/assign_job/', { body: { engine_id: 'e1' } })
    await call('POST', `/jobs/${first}/complete`, { body: { output_url: 'https://media.example.org/out.mp4' } })
    await call('GET', `/api/v1/jobs/${first}`)
    await call('POST', `/jobs/${second}/cancel`)
    await call('POST', `/jobs/${second}/retry`)
    await call('POST', `/api/v1/jobs/${second}/cancel`)
    await call('POST', `/api/v1/jobs/${second}/retry`)
    await hear(`/api/v1/jobs/${second}/events`)
    await hear('/api/v1/events')
    face.dispatch.completeHere(second, join(folder, 'a.mp4'))
    await call('GET', `/jobs/${second}/output`)
    await call('GET', `/api/v1/jobs/${second}/result`)
    await call('GET', `/api/v1/jobs/${second}/result`, { headers: { range: 'bytes=1-2' } })
    await call('POST', '/storage_pools/', { body: { name: 'nas', capacity_gb: 500 } })
    for (const path of ['/storage_pools/', '/tdarr/status']) await call('GET', path)
    await call('DELETE', '/engines/e1')
    await call('POST', '/engines/heartbeat', { body: { engine_id: 'e1', ...codecs } })
    await call('DELETE', '/api/v1/engines/e1')
    for (const path of ['/stats', '/metrics', '/health', '/api/health', '/api/v1/status', '/api/v1/version'])
      await call('GET', path)

    // What is refused is in the document, too.
    await call('POST', '/tdarr/submit', { body: {} })
    await call('POST', '/jobs/', { body: {} })
    await call('POST', '/jobs/', { body: '{' })
    await call('POST', '/api/v1/jobs', { body: {} })
    await call('GET', '/jobs/7')
    await call('GET', '/api/v1/jobs/7')
    await call('POST', `/jobs/${first}/cancel`)
    await call('POST', `/api/v1/jobs/${first}/cancel`)
    await call('POST', '/assign_job/', { body: { engine_id: 'nobody' } })
    for (const key of [null, 'wrong', 'work']) {
      await call('GET', '/stats', { key })
      await call('GET', '/api/v1/jobs', { key })
    }
    const rest = operations.map(({ name }) => name).filter((name) => !succeeded.has(name))
    // There is no Tdarr.
    expect(rest).toEqual(['POST /tdarr/submit'])
  }
)
