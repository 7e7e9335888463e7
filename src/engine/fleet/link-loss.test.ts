import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { FakeClock } from '../fake-clock.ts'
import { loadIdentity } from '../identity/index.ts'
import {
  linked,
  linkTo,
  pairFleets,
  silentLog,
  startTestFleet,
  type TestFleet,
  type TestFleetOptions,
  unlinked,
  until
} from './fleet.fixture.ts'
import { startRelay } from './relay.fixture.ts'
import { temporaryFolder } from './temporary-folders.fixture.ts'

/** Pairs them so that `from` reaches `to` only through a relay. */
async function linkThroughRelay(from: TestFleet, to: TestFleet, clock?: FakeClock) {
  const relay = await startRelay(to.fleet.port)
  const { value } = await to.fleet.openPairing().next()
  if (value?.type !== 'code') throw new Error('no code')
  await from.fleet.joinPeer(relay.address, value.code)
  clock?.advance(100) // the dial
  const [dialled] = await Promise.all([linked(from, to), linked(to, from)])
  return { relay, dialled }
}

async function pairThroughRelay(clock?: FakeClock) {
  const [a, b] = [await startTestFleet('a', clock && { clock }), await startTestFleet('b')]
  return { a, b, ...(await linkThroughRelay(a, b, clock)) }
}

/** The last word was heard 8 s ago. */
async function stalledFor8s() {
  const clock = new FakeClock()
  const { a, b, relay } = await pairThroughRelay(clock)
  const link = await linked(a, b)
  await link.client.held()
  relay.stall()
  clock.advance(2_000) // looks, and hears the answer above for the last time
  clock.advance(8_000)
  return { clock, a, b, link }
}

describe('a link', () => {
  it('comes again after a cut, as a new one', async () => {
    const { a, b, relay } = await pairThroughRelay()
    const first = await linked(a, b)
    relay.cut()
    await first.closed
    const second = await linked(a, b)
    expect(second).not.toBe(first)
    expect(await second.client.digest({ blobId: 'x' })).toEqual({ sha256: 'x' })
  })

  it('fails the calls that were under way when it broke', async () => {
    const { a, b, relay } = await pairThroughRelay()
    const link = await linked(a, b)
    relay.stall()
    const call = expect(link.client.held()).rejects.toMatchObject({ code: 'unreachable', class: 'transport' })
    relay.cut()
    await call
  })

  it('that stalls is given up after 10 s of silence, not before', async () => {
    const { clock, a, b, link } = await stalledFor8s()
    expect(linkTo(a, b)).toBe(link)
    clock.advance(2_000)
    await unlinked(a, b)
  })

  it('that stalls and goes fails a request whose connection was still being made', async () => {
    const { clock, a, b, link } = await stalledFor8s()
    const asked = expect(link.request({ method: 'HEAD', path: '/blobs/x' })).rejects.toMatchObject({
      code: 'unreachable'
    })
    clock.advance(2_000) // less than a connection may take
    await asked
    await unlinked(a, b)
  })

  it('lives on as long as pongs come', async () => {
    const clock = new FakeClock()
    const { a, b } = await pairThroughRelay(clock)
    const link = await linked(a, b)
    for (let i = 0; i < 10; i++) {
      clock.advance(2_000)
      await link.client.held() // behind the pong of that ping
    }
    expect(linkTo(a, b)).toBe(link)
  })

  it.each([
    ['the one that lost it has the lesser id', 1],
    ['the one that lost it has the greater id', -1]
  ])('is replaced when only one side knows that it is gone: %s', async (_, order) => {
    const [lesser, greater] = [await startTestFleet('a'), await startTestFleet('b')].sort((x, y) =>
      x.nodeId < y.nodeId ? -order : order
    )
    if (!lesser || !greater) throw new Error('unreachable')
    const { relay, dialled } = await linkThroughRelay(greater, lesser)
    await dialled.client.held() // and nothing else is under way
    relay.stall()
    await lesser.fleet.close() // the dialling side hears of no end
    const settings = { host: '127.0.0.1', port: 0, peers: [greater.address], interface: 'none' }
    const again = await startTestFleet('again', { dataDir: lesser.dataDir, settings })
    await Promise.all([linked(again, greater), dialled.closed])
    const second = await linked(greater, again)
    expect(second).not.toBe(dialled)
    expect(await second.client.digest({ blobId: 'x' })).toEqual({ sha256: 'x' })
  })

  it('that is dead is found out within 2 s when the other side dials in vain', async () => {
    const folders = [temporaryFolder(), temporaryFolder()]
    const nodes = await Promise.all(
      folders.map(async (dataDir) => ({ dataDir, id: (await loadIdentity(dataDir)).nodeId }))
    )
    const [lesser, greater] = nodes.sort((x, y) => (x.id < y.id ? -1 : 1)).map(({ dataDir }) => ({ dataDir }))
    const clock = new FakeClock()
    const [holder, other] = [
      await startTestFleet('holder', { ...lesser, clock }),
      await startTestFleet('other', greater)
    ]
    const { relay, dialled } = await linkThroughRelay(holder, other, clock)
    await dialled.client.held()
    clock.advance(2_000) // hears that for the last time
    relay.stall()
    await other.fleet.close()
    const { promise: refused, resolve } = Promise.withResolvers<void>()
    await startTestFleet('other', {
      ...greater,
      settings: { host: '127.0.0.1', port: 0, peers: [holder.address], interface: 'none' },
      log: { ...silentLog, debug: (_, message) => message === 'no hello' && resolve() }
    })
    await refused
    clock.advance(2_000)
    await dialled.closed
    await linked(holder, other)
  })

  it('sends bytes to its own node only, also when another member answers at its address', async () => {
    const answer = (name: string): TestFleetOptions => ({ onHttp: (_, response) => void response.end(name) })
    const [a, b, c] = [
      await startTestFleet('a'),
      await startTestFleet('b', answer('b')),
      await startTestFleet('c', answer('c'))
    ]
    await pairFleets(a, c)
    const { relay, dialled } = await linkThroughRelay(a, b)
    expect(
      await text(await dialled.request({ method: 'GET', path: '/blobs/x', headers: { connection: 'close' } }))
    ).toBe('b')
    relay.retarget(c.fleet.port)
    await expect(dialled.request({ method: 'GET', path: '/blobs/x' })).rejects.toMatchObject({ code: 'unreachable' })
  })

  it('finishes the calls under way when another takes over', async () => {
    const { promise: mayAnswer, resolve: answer } = Promise.withResolvers<void>()
    const digest = async ({ blobId }: { blobId: string }) => {
      if (blobId === 'slow') await mayAnswer
      return { sha256: blobId }
    }
    const [a, b] = [await startTestFleet('a'), await startTestFleet('b', { handlers: { digest } })]
    await pairFleets(a, b)
    const [first, seenByB] = [await linked(a, b), await linked(b, a)]
    const slow = first.client.digest({ blobId: 'slow' })
    await first.client.digest({ blobId: 'fast' }) // so the slow one has arrived
    const settings = { host: '127.0.0.1', port: 0, peers: [b.address], interface: 'none' }
    const twin = await startTestFleet('a', { dataDir: a.dataDir, settings })
    await linked(twin, b)
    await until(b.fleet, ['link'], () => linkTo(b, a) !== undefined && linkTo(b, a) !== seenByB)
    answer()
    expect(await slow).toEqual({ sha256: 'slow' })
    await first.closed
  })
})
