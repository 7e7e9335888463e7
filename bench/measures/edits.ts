import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Door } from '../../src/cli/node/index.ts'
import { folderIn, type Measure } from '../bench.ts'
import { timed } from '../interleaved.ts'
import { photos } from '../nodes/inputs.ts'
import { submit } from '../nodes/jobs.ts'
import { doorOf, startNode } from '../nodes/running-node.ts'

const heldAtMost = 1_000
const askEveryMs = 20

/** Many files at once, and an edit of many jobs at once, on a node whose data lie on the disk; and how long it answers nobody meanwhile. */
export const edits: Measure = {
  name: 'edits',
  title: 'Many files at once',
  async run(bench) {
    const { rounds, pageJobs } = bench.sizes
    const held = Math.min(heldAtMost, pageJobs)
    const folder = bench.folder()
    const paths = await photos(join(folder, 'photos'), pageJobs)
    const node = await startNode(bench, folderIn(tmpdir(), bench.undo), '--no-local-work')
    const [door, asking] = [await doorOf(bench, node), await doorOf(bench, node)]
    const drops: Watched[] = []
    const holds: Watched[] = []
    for (let round = 0; round < rounds; round++) {
      let ids: string[] = []
      const drop = async () => {
        ids = (await submit(door, paths, 'webp', join(folder, 'out'))).map(({ id }) => id)
      }
      drops.push(await watched(asking, drop))
      holds.push(await watched(asking, () => door.client.jobs.hold({ ids: ids.slice(0, held) })))
    }
    const silence = { unit: 'ms', bound: 'The engine has one thread and the database is asked on it.' } as const
    return [
      {
        what: `a drop of ${pageJobs.toLocaleString('en')} files, until it is answered`,
        unit: 'ms',
        samples: drops.map(({ tookMs }) => tookMs),
        bound: 'A look at each file’s date and size, one transaction, and an answer that lists every job.'
      },
      {
        ...silence,
        what: 'longest wait of another question during the drop',
        samples: drops.map(({ silentMs }) => silentMs)
      },
      {
        what: `hold ${held.toLocaleString('en')} jobs in one call`,
        unit: 'ms',
        samples: holds.map(({ tookMs }) => tookMs),
        bound: 'A durable transaction for each job, so the disk’s flush as often.'
      },
      {
        ...silence,
        what: 'longest wait of another question during the hold',
        samples: holds.map(({ silentMs }) => silentMs)
      }
    ]
  }
}

interface Watched {
  tookMs: number
  /** The longest that a small question took while it lasted. */
  silentMs: number
}

async function watched(asking: Door, work: () => Promise<unknown>): Promise<Watched> {
  let over = false
  const tookMs = timed(work).finally(() => {
    over = true
  })
  let silentMs = 0
  while (!over) {
    silentMs = Math.max(silentMs, await timed(() => asking.client.status()))
    await delay(askEveryMs)
  }
  return { tookMs: await tookMs, silentMs }
}
