import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyRequest, targetOf } from '../../src/services/dispatch/testing/any-request.ts'
import { type DispatchFace, startDispatchNode } from './support/dispatch-node.ts'

test('whatever comes to whatever route of a real node is answered as documented, and all of it is there after a crash', async () => {
  const { face, node } = await startDispatchNode({ args: ['--no-local-work'] })
  const property = fc.asyncProperty(anyRequest, async (request) => {
    const known = (await face.jobs('?limit=1')).jobs[0]?.job_id ?? 'none'
    const answer = await face.call(request.method, targetOf(request, known), request.body)
    expect([200, 201, 204, 400, 404], answer.text).toContain(answer.status)
    if (answer.headers.get('content-type')?.startsWith('application/json')) expect(answer.json).toBeDefined()
  })
  await fc.assert(property, { numRuns: 1000 })
  const before = await keptBy(face)
  await node.stop('SIGKILL')
  await node.restart()
  expect(await keptBy(face)).toEqual(before)
})

/** Everything that is said of jobs and engines, but for what passes: how far a job is, and when an engine was heard. */
async function keptBy(face: DispatchFace) {
  const { jobs } = await face.jobs('?limit=10000')
  const { engines } = (await face.call('GET', '/engines/')).json as { engines: Record<string, unknown>[] }
  return {
    jobs: jobs.map((job) => ({ ...job, progress: null, progress_message: null, updated_at: null })),
    engines: engines.map((engine) => ({ ...engine, last_heartbeat: null }))
  }
}
