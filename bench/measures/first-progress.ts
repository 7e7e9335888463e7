import { cpus } from 'node:os'
import { join } from 'node:path'
import type { Door } from '../../src/cli/node/index.ts'
import type { Bench, Measure } from '../bench.ts'
import { interleaved } from '../interleaved.ts'
import { childAlone } from '../nodes/child-alone.ts'
import { longSlide } from '../nodes/inputs.ts'
import { follow } from '../nodes/jobs.ts'
import { startPair } from '../nodes/paired-nodes.ts'
import { doorOf, startNode } from '../nodes/running-node.ts'

/** Of a remote task's progress, its source's way there: see `LabTask`. */
const fetchedShare = 0.15

/** From the submission's call to the first word of the converter's child that a page sees. */
export const firstProgress: Measure = {
  name: 'first-progress',
  title: 'Submit to the child’s first progress',
  async run(bench) {
    const folder = bench.folder()
    const path = await longSlide(folder)
    const alone = await doorOf(bench, await startNode(bench, bench.folder()))
    const { door: master } = await startPair(bench)
    const samples = await interleaved(bench.sizes.rounds, {
      local: () => untilProgress(alone, path, join(folder, 'local'), 0),
      remote: () => untilProgress(master, path, join(folder, 'remote'), fetchedShare),
      child: (round) => childUntilProgress(bench, path, join(folder, `child-${round}`))
    })
    const against = { what: 'the child alone, from its start', samples: samples.child }
    return [
      {
        what: 'on this node',
        unit: 'ms',
        samples: samples.local,
        against,
        bound:
          'Starting the child, which looks at its tiles four times a second; the engine adds some durable transactions and messages.'
      },
      {
        what: 'on a paired node, the slide sent there',
        unit: 'ms',
        samples: samples.remote,
        against,
        bound: 'As above, and the slide (small as a file) must be there and its hash compared before the child starts.'
      }
    ]
  }
}

async function untilProgress(door: Door, path: string, destination: string, before: number): Promise<number> {
  const startedMs = performance.now()
  const job = await follow(
    door,
    { path, profile: 'dzi', destination },
    ({ stage, progress }) => stage === 'converting' && progress > before
  )
  const tookMs = performance.now() - startedMs
  if (job.state !== 'running') throw new Error(`the job was ${job.state} before it told any progress`)
  await cancelled(door, job.id)
  return tookMs
}

async function cancelled(door: Door, id: string): Promise<void> {
  await door.client.jobs.cancel({ ids: [id] })
  for await (const event of await door.client.events())
    if (event.type === 'nodes' && event.nodes.every(({ busy }) => busy === 0)) return
}

async function childUntilProgress(bench: Bench, path: string, dir: string): Promise<number> {
  const { firstProgressMs } = await childAlone(bench, { path, profile: 'dzi', threads: cpus().length, dir })
  return firstProgressMs
}
