import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { makePhoto, makeSlide } from './support/inputs.ts'
import { type Line, NodeProcess, temporaryFolder, until } from './support/node-process.ts'
import { Relay } from './support/relay.ts'
import { randomFrom } from './support/seeded-random.ts'

/** Set MICROTOME_CHAOS_SEED to repeat a run. */
const seed = Number(process.env.MICROTOME_CHAOS_SEED ?? 20261122)
const jobCount = 30
const faultCount = 12

const ended = (job: Line) => job.state === 'completed' || job.state === 'failed' || job.state === 'cancelled'

test(`three nodes and ${jobCount} jobs survive kills, stalls and cuts: every job ends once, nothing is left over`, async () => {
  const random = randomFrom(seed)
  console.info(`chaos with seed ${seed}`)
  const folder = await temporaryFolder()
  const out = join(folder, 'out')
  const first = await NodeProcess.start({ name: 'first', args: ['--host', '127.0.0.2'] })
  const second = await NodeProcess.start({ name: 'second', args: ['--host', '127.0.0.4'] })
  const relays = [await Relay.to(first.ready.peerPort, '127.0.0.2'), await Relay.to(second.ready.peerPort, '127.0.0.4')]
  const peers = relays.map((relay) => relay.address)
  const master = await NodeProcess.start({ name: 'master', args: ['--host', '127.0.0.3'], peers })
  await master.pair(first, peers[0])
  await master.pair(second, peers[1])

  const nodes = [master, first, second]
  const untilEnded = (enough: (done: number) => boolean, timeoutMs: number) =>
    until(
      () => master.jobs(),
      (jobs) => enough(countEnded(jobs)),
      timeoutMs
    ).catch(async (error: unknown) => {
      throw new Error(await sceneOf(nodes), { cause: error })
    })

  const files = await inputs(folder)
  const submitted = await Promise.all([
    master.cli('submit', ...files.photos, '--to', 'webp', '--out', out),
    master.cli('submit', ...files.slides, '--to', 'dzi', '--out', out)
  ])
  expect(submitted.map((result) => result.code)).toEqual([0, 0])

  for (let fault = 0; fault < faultCount; fault++) {
    const before = countEnded(await master.jobs())
    await inflict(random, { master, workers: [first, second], relays })
    // Each fault meets work: the next one waits until something was done since.
    await untilEnded((done) => done > before || done === jobCount, 110_000)
  }

  const jobs = await untilEnded((done) => done === jobCount, 200_000)
  expect(jobs.map((job) => job.state)).toEqual(jobs.map(() => 'completed'))
  const expected = [...files.photos.map(photoResult), ...files.slides.flatMap(slideResults)].sort()
  expect((await readdir(out)).sort()).toEqual(expected)
  expect(new Set(jobs.map((job) => job.output)).size).toBe(jobCount)
  for (const node of nodes)
    await until(
      () => readdir(join(node.dataDir, 'scratch')),
      (left) => left.length === 0
    )
}, 600_000)

async function inputs(folder: string) {
  const photos: string[] = []
  for (let index = 0; index < jobCount - 6; index++) photos.push(await makePhoto(folder, `photo-${index}.jpg`))
  const slides: string[] = []
  for (let index = 0; index < 6; index++)
    slides.push(await makeSlide(folder, { name: `slide-${index}.tif`, widthPx: 5000, heightPx: 4000 }))
  return { photos, slides }
}

const stem = (path: string) => path.replace(/^.*\//, '').replace(/\.\w+$/, '')
const photoResult = (path: string) => `${stem(path)}.webp`
const slideResults = (path: string) => [`${stem(path)}.dzi`, `${stem(path)}.json`, `${stem(path)}_files`]

const countEnded = (jobs: Line[]) => jobs.filter(ended).length

/**
 * What a job that is stuck is stuck in: without it a fault that comes once in a hundred runs can't be found. Short, since CI shows
 * fifty lines of 160 characters.
 */
async function sceneOf(nodes: NodeProcess[]): Promise<string> {
  const [master] = nodes
  const left = ((await master?.jobs()) ?? []).filter((job) => !ended(job))
  const stuck = left.map(({ job, file, state, progress, node, attempts, error }) =>
    said([job, basename(String(file)), state, progress, 'on', node, 'after', attempts, JSON.stringify(error)])
  )
  const workers = ((await master?.nodes()) ?? []).map(({ nodeId, name, state, busy }) =>
    said([nodeId, name, state, busy])
  )
  const logs = nodes.flatMap(({ ready, stderr }) => [
    `--- ${ready.name}`,
    ...stderr.split('\n').slice(-14).map(withShortIds)
  ])
  return ['jobs are stuck', ...stuck, ...workers, ...logs].join('\n')
}

const said = (words: unknown[]) => withShortIds(words.join(' '))
const withShortIds = (text: string) => text.replace(/\b([a-z0-9]{7})(?:[a-z0-9]{45}|[a-z0-9-]{29})\b/g, '$1')

async function inflict(
  random: () => number,
  lab: { master: NodeProcess; workers: NodeProcess[]; relays: Relay[] }
): Promise<void> {
  const index = Math.floor(random() * lab.workers.length)
  const worker = lab.workers[index]
  const relay = lab.relays[index]
  if (!worker || !relay) throw new Error('no such worker')
  switch (Math.floor(random() * 5)) {
    case 0:
      await worker.stop('SIGKILL')
      return worker.restart()
    case 1:
      await lab.master.stop('SIGKILL')
      return lab.master.restart()
    case 2:
      return relay.cut()
    case 3:
      relay.stall()
      await until(
        () => lab.master.nodes(),
        (nodes) => nodes.some((node) => node.nodeId === worker.ready.nodeId && node.state === 'offline')
      )
      relay.cut()
      return relay.resume()
    default:
      worker.signal('SIGSTOP')
      await until(
        () => lab.master.nodes(),
        (nodes) => nodes.some((node) => node.nodeId === worker.ready.nodeId && node.state === 'offline')
      )
      return worker.signal('SIGCONT')
  }
}
