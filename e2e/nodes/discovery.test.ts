import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { connectNamespaces, setLink, whyNoNamespaces } from '../../src/engine/discovery/network-namespaces.fixture.ts'
import { makePhoto, makeSlide } from './support/inputs.ts'
import { type Line, NodeProcess, temporaryFolder, until } from './support/node-process.ts'

const obstacle = whyNoNamespaces()
if (obstacle) console.info(`mDNS between whole nodes was not tried: no network namespaces here (${obstacle})`)

const isOnline = (id: string) => (nodes: Line[]) =>
  nodes.some((node) => node.nodeId === id && (node.state === 'idle' || node.state === 'working'))

test.skipIf(obstacle)(
  'paired nodes find each other without --peer, lose each other with the link, and go on with the job when it is back',
  async () => {
    const folder = await temporaryFolder()
    const [here, there] = connectNamespaces(2)
    if (!here || !there) throw new Error('two namespaces were asked for')
    const args = ['--host', '0.0.0.0', '--interface', 'eth0']
    const master = await NodeProcess.start({ name: 'master', namespace: here.name, args: [...args, '--no-local-work'] })
    const worker = await NodeProcess.start({ name: 'worker', namespace: there.name, args })
    await master.pair(worker, `${there.address}:${worker.ready.peerPort}`)

    // A port that nobody was told: only mDNS can know it.
    await worker.stop()
    await worker.restart(['--port', '0'])
    await until(() => master.nodes(), isOnline(worker.ready.nodeId))

    const slide = await makeSlide(folder, { widthPx: 9000, heightPx: 9000 })
    await master.cli('submit', slide, '--to', 'dzi', '--out', join(folder, 'out'))
    await until(
      () => master.jobs(),
      (jobs) => jobs[0]?.state === 'running'
    )
    setLink(there.name, 'down')
    await until(
      () => master.nodes(),
      (nodes) => !isOnline(worker.ready.nodeId)(nodes)
    )
    setLink(there.name, 'up')
    await until(() => master.nodes(), isOnline(worker.ready.nodeId))
    await master.cli('submit', await makePhoto(folder), '--to', 'webp', '--out', join(folder, 'out'))
    await until(
      () => master.jobs(),
      (jobs) => jobs.length === 2 && jobs.every((job) => job.state === 'completed'),
      100_000
    )
    expect((await readdir(join(folder, 'out'))).sort()).toEqual([
      'photo.webp',
      'slide.dzi',
      'slide.json',
      'slide_files'
    ])
  }
)
