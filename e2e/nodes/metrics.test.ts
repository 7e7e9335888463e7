import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createKey, startDispatchNode } from './support/dispatch-node.ts'
import { makePhoto } from './support/inputs.ts'
import { NodeProcess, temporaryFolder, until } from './support/node-process.ts'

test('a job that another node of the lab ran is counted once, with that node’s name, its times and its bytes', async () => {
  const folder = await temporaryFolder()
  const { node: master } = await startDispatchNode({ name: 'master', args: ['--no-local-work'] })
  const worker = await NodeProcess.start({ name: 'worker', peers: [master.address] })
  await master.pair(worker)
  const photo = await makePhoto(folder)
  await master.cli('submit', photo, '--to', 'webp', '--out', join(folder, 'out'))
  await until(
    () => master.jobs(),
    (jobs) => jobs[0]?.state === 'completed'
  )
  const reader = await createKey(master.dataDir, 'read')
  const url = master.ready.services?.[0]?.url ?? ''
  const scrape = async () =>
    (await fetch(new URL('/metrics', url), { headers: { Authorization: `Bearer ${reader}` } })).text()
  // The worker says with its next heartbeat that it is free again; asking more than once must not count more than once.
  const text = await until(scrape, (text) => text.includes('microtome_worker_state{node="worker",state="idle"} 1\n'))
  const lines = text.split('\n')
  for (const line of [
    'microtome_jobs{state="completed",kind="image",node="worker"} 1',
    'microtome_jobs_ended_total{kind="image",outcome="completed"} 1',
    'microtome_job_queue_seconds_count{kind="image"} 1',
    'microtome_job_run_seconds_count{kind="image",outcome="completed"} 1',
    'microtome_job_transfer_seconds_count{kind="image"} 1',
    'microtome_worker_busy_slots{node="worker"} 0'
  ])
    expect(lines).toContain(line)
  const numberAt = (start: string) =>
    Number(
      lines
        .find((line) => line.startsWith(start))
        ?.split(' ')
        .at(-1)
    )
  expect(numberAt('microtome_source_bytes_total{kind="image"}')).toBeGreaterThan(1000)
  expect(numberAt('microtome_result_bytes_total{kind="image"}')).toBeGreaterThan(1000)
  expect(numberAt('microtome_job_run_seconds_sum{kind="image",outcome="completed"}')).toBeGreaterThan(0)
  expect(text).toMatch(/^microtome_node_info\{name="master",version="[\d.]+"\} 1$/m)
  expect(text).not.toMatch(/photo|\/out/)
})

test('jobs of outside engines are counted together, without their ids', async () => {
  const { node } = await startDispatchNode({ args: ['--no-local-work'] })
  const key = await createKey(node.dataDir, 'admin')
  const call = (path: string, body?: object) =>
    fetch(new URL(path, node.ready.services?.[0]?.url), {
      headers: { 'X-API-Key': key },
      ...(body && { method: 'POST', body: JSON.stringify(body) })
    })
  await call('/jobs/', { source_url: 'http://127.0.0.1:9/film.mov', target_codec: 'h264' })
  for (const engine_id of ['engine-a', 'engine-b']) await call('/engines/heartbeat', { engine_id })
  const assigned = (await (await call('/assign_job/', { engine_id: 'engine-a' })).json()) as { job_id: string }
  const text = await (await call('/metrics')).text()
  const lines = text.split('\n')
  for (const line of [
    'microtome_jobs{state="running",kind="video",node="(engines)"} 1',
    'microtome_dispatch_jobs{state="running"} 1',
    'microtome_engines{state="busy"} 1',
    'microtome_engines{state="idle"} 1',
    'microtome_engine_jobs 1',
    'microtome_http_request_duration_seconds_count{method="POST",route="/engines/heartbeat",status="200"} 2'
  ])
    expect(lines).toContain(line)
  expect(text).not.toMatch(/engine-[ab]|film/)
  expect(text).not.toContain(assigned.job_id)
})
