import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makePhoto, makeSlide, realSlide, slowly } from './support/inputs.ts'
import { type Line, NodeProcess, temporaryFolder, until } from './support/node-process.ts'

type Job = { state: string; node: string; output: string; attempts: number; error?: { code: string } }
const doneOf = (lines: Line[]) => (lines.at(-1) as unknown as { jobs: Job[] }).jobs
const online = (node: NodeProcess, other: NodeProcess) =>
  until(
    () => node.nodes(),
    (nodes) => nodes.some((one) => one.nodeId === other.ready.nodeId && one.state === 'idle')
  )

/** A master that does no work itself and a worker, paired. */
async function lab(names = ['master', 'worker'], masterArgs = ['--no-local-work']) {
  const master = await NodeProcess.start({ name: String(names[0]), args: masterArgs })
  const worker = await NodeProcess.start({ name: String(names[1]) })
  await master.pair(worker)
  await online(master, worker)
  return { master, worker }
}

test('two nodes pair by six digits and the other one converts; the result comes back to the master’s folder', async () => {
  const folder = await temporaryFolder()
  const { master, worker } = await lab()
  const out = join(folder, 'out')
  for (const profile of ['dzi', 'szi']) {
    const { code, lines } = await master.cli('convert', await realSlide(folder), '--to', profile, '--out', out)
    expect(code, JSON.stringify(lines.at(-1)) + master.stderr).toBe(0)
    expect(doneOf(lines)[0]).toMatchObject({ state: 'completed', attempts: 1 })
    expect([worker.ready.nodeId, 'worker']).toContain(doneOf(lines)[0]?.node)
  }
  const names = await readdir(out)
  expect(names.some((name) => name.startsWith('.microtome'))).toBe(false)
  expect(names.filter((name) => name.endsWith('_files'))).toHaveLength(1)
  await until(
    () => readdir(join(worker.dataDir, 'scratch')),
    (left) => left.length === 0
  )
})

test('bytes pass whichever side dialled', async () => {
  const folder = await temporaryFolder()
  const { master, worker } = await lab()
  for (const dialler of [master, worker]) {
    const other = dialler === master ? worker : master
    await master.stop()
    await worker.stop()
    await other.restart()
    await dialler.restart(['--peer', other.address])
    await online(master, worker)
    const { code, lines } = await master.cli(
      'convert',
      await makePhoto(folder),
      '--to',
      'png',
      '--out',
      join(folder, 'out')
    )
    expect(code, JSON.stringify(lines.at(-1))).toBe(0)
  }
})

test('a wrong code pairs nothing, and a code works once', async () => {
  const a = await NodeProcess.start()
  const b = await NodeProcess.start()
  const wrong = await a.cli('pair', b.address, '123456')
  expect(wrong.code).toBe(1)
  expect(await a.nodes()).toHaveLength(1)
})

test('a removed node is told so, works for nobody, and a third node learns it', async () => {
  const { master, worker } = await lab(['a', 'b'])
  const third = await NodeProcess.start({ name: 'c' })
  await master.pair(third)
  await until(
    () => third.nodes(),
    (nodes) => nodes.length === 3
  )
  const removed = await master.cli('remove', worker.ready.nodeId)
  expect(removed.code).toBe(0)
  await until(
    () => third.nodes(),
    (nodes) => nodes.length === 2
  )
  await until(
    () => worker.nodes(),
    (nodes) => nodes.every((node) => node.nodeId === worker.ready.nodeId || node.state === 'offline')
  )
})

test('a paused worker gets nothing; resumed, it takes what waited', async () => {
  const folder = await temporaryFolder()
  const { master, worker } = await lab()
  await worker.cli('pause')
  await until(
    () => master.nodes(),
    (nodes) => nodes.some((node) => node.nodeId === worker.ready.nodeId && node.state === 'paused')
  )
  await master.cli('submit', await makePhoto(folder), '--to', 'webp', '--out', join(folder, 'out'))
  expect((await master.jobs())[0]).toMatchObject({ state: 'queued' })
  await worker.cli('resume')
  await until(
    () => master.jobs(),
    (jobs) => jobs[0]?.state === 'completed'
  )
})

test('pause now gives a running lease back and costs no attempt', async () => {
  const folder = await temporaryFolder()
  const { master, worker } = await lab()
  const slide = await makeSlide(folder, { widthPx: 12_000, heightPx: 12_000 })
  await master.cli('submit', slide, '--to', 'dzi', '--out', join(folder, 'out'), ...slowly)
  await until(
    () => master.jobs(),
    (jobs) => jobs[0]?.state === 'running'
  )
  await worker.cli('pause', '--now')
  const jobs = await until(
    () => master.jobs(),
    (lines) => lines[0]?.state === 'queued'
  )
  expect(jobs[0]).toMatchObject({ attempts: 0 })
  await worker.cli('resume')
  const done = await until(
    () => master.jobs(),
    (lines) => lines[0]?.state === 'completed'
  )
  expect(done[0]).toMatchObject({ attempts: 1 })
})

test('cancel stops a remote job and leaves nothing on either side', async () => {
  const folder = await temporaryFolder()
  const { master, worker } = await lab()
  const slide = await makeSlide(folder, { widthPx: 12_000, heightPx: 12_000 })
  await master.cli('submit', slide, '--to', 'dzi', '--out', join(folder, 'out'), ...slowly)
  const running = await until(
    () => master.jobs(),
    (jobs) => jobs[0]?.state === 'running'
  )
  expect((await master.cli('cancel', String(running[0]?.job))).code).toBe(0)
  await until(
    () => readdir(join(worker.dataDir, 'scratch')),
    (left) => left.length === 0
  )
  await until(
    () => readdir(join(folder, 'out')),
    (left) => left.length === 0
  )
  expect((await master.jobs())[0]).toMatchObject({ state: 'cancelled' })
})

test('two masters share one worker and each gets its own results', async () => {
  const folder = await temporaryFolder()
  const { master: first, worker } = await lab(['first', 'worker'])
  const second = await NodeProcess.start({ name: 'second', args: ['--no-local-work'] })
  await first.pair(second)
  await online(second, worker)
  const photo = await makePhoto(folder)
  const convert = (node: NodeProcess, out: string) =>
    node.cli('convert', photo, photo, photo, '--to', 'webp', '--out', join(folder, out))
  const results = await Promise.all([convert(first, 'one'), convert(second, 'two')])
  expect(results.map((result) => result.code)).toEqual([0, 0])
  expect(await readdir(join(folder, 'one'))).toHaveLength(3)
  expect(await readdir(join(folder, 'two'))).toHaveLength(3)
})
