import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { MicrotomeError } from '../../shared/errors.ts'
import { retireIdentity } from '../identity/index.ts'
import { hasLab, labOf, linked, linkTo, pairFleets, startTestFleet, unlinked, until } from './fleet.fixture.ts'
import { wasRemoved } from './roster/index.ts'

describe('two nodes', () => {
  it('know nobody, then each other after one code', async () => {
    const [a, b] = [await startTestFleet('a'), await startTestFleet('b')]
    expect([labOf(a), labOf(b)]).toEqual([[], []])
    await pairFleets(a, b)
    expect([labOf(a), labOf(b)]).toEqual([['b'], ['a']])
    expect(linkTo(a, b)).toMatchObject({ dialled: true, compatible: true, name: 'b', address: b.address })
    expect(linkTo(b, a)).toMatchObject({ dialled: false, compatible: true, name: 'a', address: a.address })
  })

  it('call each other both ways, and the callee knows who calls', async () => {
    const callers: string[] = []
    const handlers = {
      digest: async ({ blobId }: { blobId: string }, { nodeId }: { nodeId: string }) => {
        callers.push(nodeId)
        return { sha256: blobId.toUpperCase() }
      }
    }
    const [a, b] = [await startTestFleet('a', { handlers }), await startTestFleet('b', { handlers })]
    await pairFleets(a, b)
    expect(await linkTo(a, b)?.client.digest({ blobId: 'one' })).toEqual({ sha256: 'ONE' })
    expect(await linkTo(b, a)?.client.digest({ blobId: 'two' })).toEqual({ sha256: 'TWO' })
    expect(callers).toEqual([a.nodeId, b.nodeId])
  })

  it('hear of a link before its first call', async () => {
    const order: string[] = []
    const b = await startTestFleet('b', {
      handlers: {
        pause: async () => {
          order.push('call')
          return { ok: true }
        }
      }
    })
    b.fleet.on('link', () => order.push('link'))
    const a = await startTestFleet('a')
    a.fleet.on('link', (link) => void link.client.pause({ now: false }).then(() => a.fleet.emit('roster-changed')))
    await pairFleets(a, b)
    await until(a.fleet, ['roster-changed'], () => order.includes('call'))
    expect(order).toEqual(['link', 'call'])
  })

  it('carry errors over as they are, and tell a bug from a refusal', async () => {
    const refusal = { code: 'disk-full', class: 'node', message: 'No room for 5 bytes.', hint: 'Make room.' } as const
    const b = await startTestFleet('b', {
      handlers: {
        pause: async () => {
          throw new MicrotomeError(refusal)
        },
        resume: async () => {
          throw new TypeError('oops')
        }
      }
    })
    const a = await startTestFleet('a')
    await pairFleets(a, b)
    const link = await linked(a, b)
    await expect(link.client.pause({ now: true })).rejects.toMatchObject(refusal)
    await expect(link.client.resume()).rejects.toMatchObject({ class: 'bug' })
  })

  it('parse what comes in', async () => {
    const [a, b] = [await startTestFleet('a'), await startTestFleet('b')]
    await pairFleets(a, b)
    const link = await linked(a, b)
    const wrong = { taskId: 7, epoch: 'x' } as unknown as { taskId: string; epoch: number }
    await expect(link.client.cancel(wrong)).rejects.toMatchObject({ class: 'bug' })
    expect(await link.client.held()).toEqual([])
  })

  it('send bytes both ways over pinned connections, several at once', async () => {
    const content = randomBytes(3_000_000)
    const received: Buffer[] = []
    const b = await startTestFleet('b', {
      onHttp: async (request, response, nodeId) => {
        if (request.method === 'PUT') received.push(await buffer(request))
        response.setHeader('x-caller', nodeId)
        if (request.method === 'GET') Readable.from(content).pipe(response)
        else response.end()
      }
    })
    const a = await startTestFleet('a')
    await pairFleets(a, b)
    const link = await linked(a, b)
    const get = async () => {
      const response = await link.request({ method: 'GET', path: '/blobs/x', headers: { range: 'bytes=0-' } })
      expect(response.headers['x-caller']).toBe(a.nodeId)
      return createHash('sha256')
        .update(await buffer(response))
        .digest('hex')
    }
    const put = async () => {
      const response = await link.request({ method: 'PUT', path: '/blobs/y', body: Readable.from([content]) })
      await text(response)
      return response.statusCode
    }
    const hash = createHash('sha256').update(content).digest('hex')
    expect(await Promise.all([get(), put(), get(), put()])).toEqual([hash, 200, hash, 200])
    expect(received.map((bytes) => bytes.equals(content))).toEqual([true, true])
    const elsewhere = await link.request({ method: 'GET', path: '/etc' })
    expect(elsewhere.statusCode).toBe(404)
    elsewhere.resume()
    await expect((await linked(b, a)).request({ method: 'GET', path: '/blobs/x' })).rejects.toMatchObject({
      code: 'cannot-dial'
    })
  })

  it('stop a request that is aborted', async () => {
    const b = await startTestFleet('b', { onHttp: (_, response) => void response.write('begun') })
    const a = await startTestFleet('a')
    await pairFleets(a, b)
    const link = await linked(a, b)
    const controller = new AbortController()
    const response = await link.request({ method: 'GET', path: '/blobs/x', signal: controller.signal })
    controller.abort()
    await expect(buffer(response)).rejects.toThrow()
  })

  it('show a node of another major version, and give it no work', async () => {
    const b = await startTestFleet('b', { protocol: { major: 2, minor: 0 } })
    const a = await startTestFleet('a')
    await pairFleets(a, b)
    const link = await linked(a, b)
    expect(link.compatible).toBe(false)
    await expect(link.client.held()).rejects.toMatchObject({ code: 'incompatible' })
  })

  it('find each other again after one restarts on another port, from what they remember', async () => {
    const [a, b] = [await startTestFleet('a'), await startTestFleet('b')]
    await pairFleets(a, b)
    await a.fleet.close()
    await unlinked(b, a)
    const again = await startTestFleet('a', { dataDir: a.dataDir })
    await linked(again, b)
    await linked(b, again)
    expect(linkTo(again, b)?.dialled).toBe(true)
    expect(linkTo(b, again)?.address).toBe(again.address)
  })

  it('use the addresses of the settings, whoever is there', async () => {
    const [a, b] = [await startTestFleet('a'), await startTestFleet('b')]
    await pairFleets(a, b)
    await a.fleet.close()
    await b.fleet.close()
    const settings = { host: '127.0.0.1', port: 0, peers: [], interface: 'none' }
    const { rmSync } = await import('node:fs')
    for (const { dataDir } of [a, b]) rmSync(`${dataDir}/known-nodes.json`)
    const b2 = await startTestFleet('b', { dataDir: b.dataDir })
    const peers = ['not an address', b2.address]
    const a2 = await startTestFleet('a', { dataDir: a.dataDir, settings: { ...settings, peers } })
    await linked(a2, b2)
  })

  it('keep one link when both dial at the same moment, and it is the same one for both', async () => {
    const [a, b] = [await startTestFleet('a'), await startTestFleet('b')]
    await pairFleets(a, b)
    const ports = { a: a.fleet.port, b: b.fleet.port }
    await Promise.all([a.fleet.close(), b.fleet.close()])
    const settings = (port: number, peer: number) => ({
      host: '127.0.0.1',
      port,
      peers: [`127.0.0.1:${peer}`],
      interface: 'none'
    })
    const [a2, b2] = await Promise.all([
      startTestFleet('a', { dataDir: a.dataDir, settings: settings(ports.a, ports.b) }),
      startTestFleet('b', { dataDir: b.dataDir, settings: settings(ports.b, ports.a) })
    ])
    const onOneLink = () => {
      const [ab, ba] = [linkTo(a2, b2), linkTo(b2, a2)]
      return ab !== undefined && ba !== undefined && ab.dialled !== ba.dialled
    }
    await until([a2.fleet, b2.fleet], ['link', 'link-lost'], onOneLink)
    expect(await linkTo(a2, b2)?.client.digest({ blobId: 'x' })).toEqual({ sha256: 'x' })
  })

  it('spread a new name', async () => {
    const [a, b] = [await startTestFleet('a'), await startTestFleet('b')]
    await pairFleets(a, b)
    b.fleet.setName('cellar')
    await hasLab(a, ['cellar'])
    expect(linkTo(a, b)?.name).toBe('cellar')
    await b.fleet.close()
    const again = await startTestFleet('attic', { dataDir: b.dataDir })
    await linked(again, a)
    await hasLab(a, ['attic'])
  })

  it('say that the port is taken', async () => {
    const a = await startTestFleet('a')
    const settings = { host: '127.0.0.1', port: a.fleet.port, peers: [], interface: 'none' }
    await expect(startTestFleet('b', { settings })).rejects.toMatchObject({ code: 'port-in-use' })
  })
})

describe('three nodes', () => {
  it('are one lab, whoever paired whom', async () => {
    const [a, b, c] = [await startTestFleet('a'), await startTestFleet('b'), await startTestFleet('c')]
    await pairFleets(a, b)
    await pairFleets(b, c)
    await Promise.all([hasLab(a, ['b', 'c']), hasLab(b, ['a', 'c']), hasLab(c, ['a', 'b'])])
  })

  it('hear of a removal; the removed one is cut off, learns it and stays alone', async () => {
    const [a, b, c] = [await startTestFleet('a'), await startTestFleet('b'), await startTestFleet('c')]
    await pairFleets(a, b)
    await pairFleets(a, c)
    await hasLab(b, ['a', 'c'])
    const told = new Promise((resolve) => c.fleet.once('removed', resolve))
    await a.fleet.remove(c.nodeId)
    expect(linkTo(a, c)).toBeUndefined()
    expect(await told).toMatchObject({ nodeId: c.nodeId, byNodeId: a.nodeId })
    await hasLab(b, ['a'])
    await Promise.all([unlinked(b, c), unlinked(c, a), unlinked(c, b)])
    expect(c.fleet.removal).toMatchObject({ byNodeId: a.nodeId })
    expect(labOf(c)).toEqual([])
    expect(linkTo(a, b)).toBeDefined()
    expect(() => c.fleet.openPairing()).toThrow(expect.objectContaining({ code: 'removed-node' }))
  })

  it('tell a node that was off when it was removed, also by somebody it never met', async () => {
    const [a, b, c] = [await startTestFleet('a'), await startTestFleet('b'), await startTestFleet('c')]
    await pairFleets(a, b)
    await b.fleet.close()
    await unlinked(a, b)
    await pairFleets(a, c)
    await hasLab(c, ['a', 'b'])
    await c.fleet.remove(b.nodeId)
    await hasLab(a, ['c'])
    const again = await startTestFleet('b', { dataDir: b.dataDir })
    await until(again.fleet, ['removed'], () => again.fleet.removal !== undefined)
    expect(again.fleet.removal).toMatchObject({ byNodeId: c.nodeId })
    await hasLab(again, [])
    await again.fleet.close()
    expect([a, again].map(({ dataDir, identity }) => wasRemoved(dataDir, identity))).toEqual([false, true])
    retireIdentity(b.dataDir)
    const anew = await startTestFleet('b', { dataDir: b.dataDir })
    await pairFleets(a, anew)
    expect(labOf(a)).toEqual(['b', 'c'])
  })

  it('refuse calls and bytes of a removed node from the moment of its removal', async () => {
    let calls = 0
    const a = await startTestFleet('a', {
      handlers: {
        pause: async () => {
          calls++
          return { ok: true }
        }
      },
      onHttp: (_, response) => void response.write('begun')
    })
    const b = await startTestFleet('b')
    await pairFleets(b, a)
    const link = await linked(b, a)
    const response = await link.request({ method: 'GET', path: '/blobs/x' })
    const cut = expect(buffer(response)).rejects.toThrow()
    const removing = a.fleet.remove(b.nodeId)
    await expect(link.client.pause({ now: true })).rejects.toBeInstanceOf(MicrotomeError)
    await Promise.all([removing, cut, link.closed])
    expect(calls).toBe(0)
    await expect(link.client.pause({ now: true })).rejects.toMatchObject({ code: 'unreachable', class: 'transport' })
  })

  it('lets a node leave by itself', async () => {
    const [a, b] = [await startTestFleet('a'), await startTestFleet('b')]
    await pairFleets(a, b)
    await b.fleet.remove(b.nodeId)
    await hasLab(a, [])
    expect(labOf(b)).toEqual([])
  })
})
