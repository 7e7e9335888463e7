import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { contentsOf } from '../../src/converters/slide/resilience/testing/tiles-of-result.ts'
import { sidecar } from '../../src/converters/slide/sidecar.ts'
import { childrenOf } from './support/children.ts'
import { makePhoto, makeSlide, slowly } from './support/inputs.ts'
import { type Line, NodeProcess, temporaryFolder, until } from './support/node-process.ts'
import { Relay } from './support/relay.ts'

const run = promisify(execFile)
const state = (wanted: string) => (jobs: Line[]) => jobs.length > 0 && jobs.every((job) => job.state === wanted)
const isOnline = (id: string) => (nodes: Line[]) =>
  nodes.some((node) => node.nodeId === id && (node.state === 'idle' || node.state === 'working'))

test('an engine that is killed at any moment has every submitted job after its restart', async () => {
  const folder = await temporaryFolder()
  const node = await NodeProcess.start()
  const photos = await Promise.all(Array.from({ length: 12 }, (_, index) => makePhoto(folder, `photo-${index}.jpg`)))
  const submitted = await node.cli('submit', ...photos, '--to', 'webp', '--out', join(folder, 'out'))
  expect(submitted.code).toBe(0)
  for (let kill = 0; kill < 4; kill++) {
    await node.stop('SIGKILL')
    await node.restart()
    expect(await node.jobs()).toHaveLength(photos.length)
  }
  await until(() => node.jobs(), state('completed'))
  const names = (await readdir(join(folder, 'out'))).sort()
  expect(names).toEqual(photos.map((_, index) => `photo-${index}.webp`).sort())
})

test('an engine that is killed in the middle of a slide leaves no orphan and goes on from there after its restart', async () => {
  const folder = await temporaryFolder()
  const node = await NodeProcess.start()
  const slide = await makeSlide(folder, { widthPx: 11_000, heightPx: 11_000 })
  await node.cli('submit', slide, '--to', 'dzi', '--out', join(folder, 'out'), ...slowly)
  await until(
    () => node.jobs(),
    (jobs) => Number(jobs[0]?.progress) > 0.1
  )
  const children = await childrenOf(node.pid)
  await node.stop('SIGKILL')
  await until(
    () =>
      run('ps', ['-o', 'pid=', '-p', children.join(',')]).then(
        (r) => r.stdout.trim(),
        () => ''
      ),
    (left) => left === ''
  )
  await node.restart()
  const [job] = await until(() => node.jobs(), state('completed'))
  expect(job).toMatchObject({ attempts: 1 })
  const { tiles } = sidecar.parse(JSON.parse(await readFile(join(folder, 'out', 'slide.json'), 'utf8')))
  expect(tiles.resumed).toBeGreaterThan(0)
  expect(tiles.encoded + tiles.resumed).toBe(tiles.total)
  const undisturbed = await node.cli('convert', slide, '--to', 'dzi', '--out', join(folder, 'again'), ...slowly)
  expect(undisturbed.code).toBe(0)
  const [found, expected] = await Promise.all(['out', 'again'].map((name) => contentsOf(join(folder, name))))
  expect(found?.filter(([name]) => name !== 'slide.json')).toEqual(expected?.filter(([name]) => name !== 'slide.json'))
  expect(await readdir(join(node.dataDir, 'scratch'))).toEqual([])
})

test('a converter child that is killed is started again once, on the same node, at no cost of an attempt', async () => {
  const folder = await temporaryFolder()
  const node = await NodeProcess.start()
  const slide = await makeSlide(folder, { widthPx: 11_000, heightPx: 11_000 })
  await node.cli('submit', slide, '--to', 'szi', '--out', join(folder, 'out'), ...slowly)
  await until(() => node.jobs(), state('running'))
  const children = await until(
    () => childrenOf(node.pid),
    (pids) => pids.length > 0
  )
  // One of them looked at the slide and waits for the next, which its end harms as little.
  for (const child of children) process.kill(child, 'SIGKILL')
  const jobs = await until(() => node.jobs(), state('completed'))
  expect(jobs[0]).toMatchObject({ attempts: 1 })
})

/** A master without own work and two workers. */
async function threeNodes() {
  const master = await NodeProcess.start({ name: 'master', args: ['--no-local-work'] })
  const first = await NodeProcess.start({ name: 'first' })
  const second = await NodeProcess.start({ name: 'second' })
  await master.pair(first)
  await master.pair(second)
  for (const worker of [first, second]) await until(() => master.nodes(), isOnline(worker.ready.nodeId))
  return { master, workers: [first, second] }
}

test('a worker that is killed loses its job to another one', async () => {
  const folder = await temporaryFolder()
  const { master, workers } = await threeNodes()
  const slide = await makeSlide(folder, { widthPx: 11_000, heightPx: 11_000 })
  await master.cli('submit', slide, '--to', 'dzi', '--out', join(folder, 'out'), ...slowly)
  const running = await until(() => master.jobs(), state('running'))
  const victim = workers.find((worker) => [worker.ready.nodeId, worker.ready.name].includes(String(running[0]?.node)))
  await victim?.stop('SIGKILL')
  const done = await until(() => master.jobs(), state('completed'), 90_000)
  expect([victim?.ready.nodeId, victim?.ready.name]).not.toContain(done[0]?.node)
})

test('a worker that sleeps beyond its lease is refused when it wakes, another has taken over, nothing is doubled', async () => {
  const folder = await temporaryFolder()
  const { master, workers } = await threeNodes()
  const slide = await makeSlide(folder, { widthPx: 11_000, heightPx: 11_000 })
  await master.cli('submit', slide, '--to', 'dzi', '--out', join(folder, 'out'), ...slowly)
  const running = await until(() => master.jobs(), state('running'))
  const sleeper = workers.find((worker) => [worker.ready.nodeId, worker.ready.name].includes(String(running[0]?.node)))
  sleeper?.signal('SIGSTOP')
  const done = await until(() => master.jobs(), state('completed'), 90_000)
  expect([sleeper?.ready.nodeId, sleeper?.ready.name]).not.toContain(done[0]?.node)
  sleeper?.signal('SIGCONT')
  await until(() => master.nodes(), isOnline(String(sleeper?.ready.nodeId)))
  await until(
    () => readdir(join(String(sleeper?.dataDir), 'scratch')),
    (left) => left.length === 0
  )
  expect((await readdir(join(folder, 'out'))).sort()).toEqual(['slide.dzi', 'slide.json', 'slide_files'])
})

test('a worker works on while its master is gone, and the restarted master keeps its lease', async () => {
  const folder = await temporaryFolder()
  const master = await NodeProcess.start({ name: 'master', args: ['--no-local-work'] })
  const worker = await NodeProcess.start({ name: 'worker' })
  await master.pair(worker)
  await until(() => master.nodes(), isOnline(worker.ready.nodeId))
  const slide = await makeSlide(folder, { widthPx: 12_000, heightPx: 12_000 })
  await master.cli('submit', slide, '--to', 'dzi', '--out', join(folder, 'out'), ...slowly)
  await until(
    () => childrenOf(worker.pid),
    (pids) => pids.length > 0
  )
  await until(
    () => master.jobs(),
    (jobs) => Number(jobs[0]?.progress) > 0.2
  )
  await master.stop('SIGKILL')
  await master.restart()
  const jobs = await until(() => master.jobs(), state('completed'), 90_000)
  expect(jobs[0]).toMatchObject({ attempts: 1 })
})

test('a link that delays, stalls and is cut costs no result', async () => {
  const folder = await temporaryFolder()
  const { master, worker, relay } = await pairThroughRelay()
  relay.delayMs = 20
  const slide = await makeSlide(folder, { widthPx: 8000, heightPx: 8000 })
  await master.cli('submit', slide, '--to', 'dzi', '--out', join(folder, 'out'), ...slowly)
  await until(() => master.jobs(), state('running'))
  relay.cut()
  await until(() => master.nodes(), isOnline(worker.ready.nodeId))
  relay.stall()
  await until(
    () => master.nodes(),
    (nodes) => !isOnline(worker.ready.nodeId)(nodes)
  )
  relay.cut()
  relay.resume()
  relay.delayMs = 0
  await until(() => master.jobs(), state('completed'), 90_000)
  expect((await readdir(join(folder, 'out'))).sort()).toEqual(['slide.dzi', 'slide.json', 'slide_files'])
})

test('a link that goes while a connection for bytes is being made costs no try', async () => {
  const folder = await temporaryFolder()
  const { master, relay } = await pairThroughRelay()
  const cut = relay.cutAroundNext()
  await master.cli('submit', await makePhoto(folder), '--to', 'webp', '--out', join(folder, 'out'))
  await cut
  const [job] = await until(() => master.jobs(), state('completed'), 120_000)
  expect(job).toMatchObject({ attempts: 1 })
})

/** Each listens on an address that the other can't guess from the relay's, so that every byte goes through it. */
async function pairThroughRelay() {
  const worker = await NodeProcess.start({ name: 'worker', args: ['--host', '127.0.0.2'] })
  const relay = await Relay.to(worker.ready.peerPort, '127.0.0.2')
  const args = ['--no-local-work', '--host', '127.0.0.3']
  const master = await NodeProcess.start({ name: 'master', args, peers: [relay.address] })
  await master.pair(worker, relay.address)
  await until(() => master.nodes(), isOnline(worker.ready.nodeId))
  return { master, worker, relay }
}
