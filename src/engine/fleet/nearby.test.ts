import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { NearbyNode } from '../../shared/domain/nodes.ts'
import type { Discover } from './discovery-port.ts'
import { linked, pairFleets, startTestFleet, until } from './fleet.fixture.ts'

/** A discovery whose finds are ours. */
function createFinds() {
  const opened: string[] = []
  let found: NearbyNode[] = []
  let tell: () => void = () => undefined
  const discover: Discover = ({ interface: name, onChange }) => {
    opened.push(name)
    tell = onChange
    return { nearby: () => found, close: async () => void opened.push('closed') }
  }
  const find = (...addresses: string[]) => {
    found = addresses.map((address) => ({ instance: address, host: '127.0.0.1', port: Number(address.split(':')[1]) }))
    tell()
  }
  return { discover, find, opened }
}

describe('what mDNS finds', () => {
  it('is nearby, and dialled by nobody who has no lab', async () => {
    const finds = createFinds()
    const [a, b] = [await startTestFleet('a', { discover: finds.discover }), await startTestFleet('b')]
    const nearby: NearbyNode[][] = []
    a.fleet.on('nearby', (nodes) => nearby.push(nodes))
    finds.find(b.address)
    expect(nearby.at(-1)).toEqual([{ instance: b.address, host: '127.0.0.1', port: b.fleet.port }])
    finds.find()
    expect(nearby.at(-1)).toEqual([])
  })

  it('links members that know no address of each other, and does not list them as strangers', async () => {
    const finds = createFinds()
    const [a, b] = [await startTestFleet('a'), await startTestFleet('b')]
    await pairFleets(a, b)
    await Promise.all([a.fleet.close(), b.fleet.close()])
    for (const { dataDir } of [a, b]) rmSync(join(dataDir, 'known-nodes.json'))
    const b2 = await startTestFleet('b', { dataDir: b.dataDir })
    const stranger = await startTestFleet('stranger')
    const a2 = await startTestFleet('a', { dataDir: a.dataDir, discover: finds.discover })
    finds.find(b2.address, stranger.address, a2.address)
    await linked(a2, b2)
    const names = () => a2.fleet.nearby().map(({ port }) => port)
    await until(a2.fleet, ['nearby', 'link'], () => names().join() === String(stranger.fleet.port))
  })

  it('is looked for on another interface when the settings change', async () => {
    const finds = createFinds()
    const a = await startTestFleet('a', { discover: finds.discover })
    await a.fleet.setInterface('eth7')
    await a.fleet.close()
    expect(finds.opened).toEqual(['none', 'closed', 'eth7', 'closed'])
  })
})
