import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { type ConnectionOptions, connect, createServer, type TLSSocket } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { systemClock } from '../clock.ts'
import { FakeClock } from '../fake-clock.ts'
import { type Identity, loadIdentity } from '../identity/index.ts'
import { linked, linkTo, pairFleets, startTestFleet, type TestFleet, unlinked } from './fleet.fixture.ts'
import { openSocket } from './open-socket.ts'
import { peerKeyOf } from './peer-key.ts'
import { PinnedAgent } from './pinned-agent.ts'
import { pinnedRequest } from './pinned-request.ts'
import { temporaryFolder } from './temporary-folders.fixture.ts'
import { startTlsRelay } from './tls-relay.fixture.ts'

const stranger = () => loadIdentity(temporaryFolder())
const credentials = ({ privateKeyPem, certificatePem }: Identity) => ({ key: privateKeyPem, cert: certificatePem })

/** `once` of node:events would reject for the error that comes before. */
const closeOf = (socket: Socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()))

/** All that the door says to somebody who asks for `path` as a WebSocket. */
async function ask(node: TestFleet, path: string, options: ConnectionOptions): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port: node.fleet.port, rejectUnauthorized: false, ...options })
  socket.on('error', () => socket.destroy())
  const upgrade =
    'connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n'
  socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\n${upgrade}\r\n`)
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => {
    chunks.push(chunk)
    socket.destroy()
  })
  await closeOf(socket)
  return Buffer.concat(chunks).toString()
}

function dial(identity: Identity, node: TestFleet, path: string) {
  return openSocket({ identity, clock: systemClock, address: node.address, path, accept: () => undefined })
}

describe('the peer door', () => {
  it('says nothing at all to a stranger, with a certificate or without', async () => {
    const [a, b] = [await startTestFleet('a'), await startTestFleet('b')]
    await pairFleets(a, b)
    for (const path of ['/peer', '/pairing', '/blobs/x', '/'])
      for (const options of [credentials(await stranger()), {}]) expect(await ask(a, path, options)).toBe('')
  })

  it('lets a stranger reach pairing and nothing else while a code is shown', async () => {
    const a = await startTestFleet('a')
    await a.fleet.openPairing().next()
    const options = credentials(await stranger())
    for (const path of ['/peer', '/blobs/x', '/']) expect(await ask(a, path, options)).toBe('')
    expect(await ask(a, '/pairing', {})).toBe('')
    expect(await ask(a, '/pairing', options)).toMatch(/^HTTP\/1.1 101 /)
  })

  it('speaks TLS 1.3 only', async () => {
    const a = await startTestFleet('a')
    await a.fleet.openPairing().next()
    const options = credentials(await stranger())
    expect(await ask(a, '/pairing', { ...options, maxVersion: 'TLSv1.2' })).toBe('')
    expect(await ask(a, '/pairing', { ...options, minVersion: 'TLSv1.3' })).toMatch(/ 101 /)
  })

  it('gives out nothing with which a session could be resumed', async () => {
    const [a, b] = [await startTestFleet('a'), await startTestFleet('b')]
    await pairFleets(a, b)
    const options = { host: '127.0.0.1', port: a.fleet.port, rejectUnauthorized: false, ...credentials(b.identity) }
    const first = connect(options)
    const [session] = await once(first, 'session')
    const second = connect({ ...options, session })
    await once(second, 'secureConnect')
    expect(second.isSessionReused()).toBe(false)
    for (const socket of [first, second]) socket.destroy()
  })

  it('ends a member’s connection that talks nonsense, and lives on', async () => {
    const [a, b] = [await startTestFleet('a'), await startTestFleet('b')]
    await pairFleets(a, b)
    await b.fleet.close() // what follows speaks in its name
    await unlinked(a, b)
    for (const message of ['', 'x', '>', '>{}', '<{"i":"0","p":null}', '>{"i":"0","p":{"u":"//x","h":7}}', '<null']) {
      const opened = await dial(b.identity, a, '/peer')
      if (opened.type !== 'open') throw opened.reason
      const closed = once(opened.socket, 'close')
      opened.socket.send(message)
      expect((await closed)[0]).toBe(1002)
    }
    const opened = await dial(b.identity, a, '/peer')
    if (opened.type !== 'open') throw opened.reason
    opened.socket.send(Buffer.from('>{}'), { binary: true })
    expect((await once(opened.socket, 'close'))[0]).toBe(1002)
    await linked(await startTestFleet('b', { dataDir: b.dataDir }), a)
  })

  it('answers no call before hello, and none of somebody who calls himself another', async () => {
    const [a, b] = [await startTestFleet('a'), await startTestFleet('b')]
    await pairFleets(a, b)
    await b.fleet.close() // what follows speaks in its name
    await unlinked(a, b)
    const opened = await dial(b.identity, a, '/peer')
    if (opened.type !== 'open') throw opened.reason
    const heard: string[] = []
    opened.socket.on('message', (data) => heard.push(data.toString()))
    opened.socket.send('>{"i":"1","p":{"u":"/held","b":{}}}')
    const hello = { protocol: { major: 1, minor: 0 }, nodeId: 'another', name: 'x', version: '0', port: 1 }
    opened.socket.send(`>${JSON.stringify({ i: '2', p: { u: '/hello', b: { json: hello } } })}`)
    opened.socket.send('<{"i":"0","p":{"b":{"json":{}}}}') // to its own hello
    await once(opened.socket, 'close')
    expect(heard.filter((message) => message.includes('"i":"1"') && message.startsWith('<'))).toEqual([])
  })

  it('ends a stranger whose message is too long', async () => {
    const a = await startTestFleet('a')
    await a.fleet.openPairing().next()
    const opened = await dial(await stranger(), a, '/pairing')
    if (opened.type !== 'open') throw opened.reason
    opened.socket.on('error', () => undefined) // it may be cut while it still sends
    opened.socket.send(`>${'x'.repeat(5 * 2 ** 20)}`)
    await once(opened.socket, 'close')
  })

  it('gives a stranger who came to pair 30 s for it', async () => {
    const clock = new FakeClock()
    const a = await startTestFleet('a', { clock })
    await a.fleet.openPairing().next()
    const opened = await dial(await stranger(), a, '/pairing')
    if (opened.type !== 'open') throw opened.reason
    const closed = once(opened.socket, 'close')
    clock.advance(29_999)
    expect(opened.socket.readyState).toBe(opened.socket.OPEN)
    clock.advance(1)
    await closed
  })

  it('ends whoever does not finish the handshake, and holds only a few of them at once', async () => {
    const [a, b] = [await startTestFleet('a'), await startTestFleet('b')]
    const silent = await Promise.all(
      Array.from({ length: 16 }, async () => {
        const socket = connectTcp(a.fleet.port, '127.0.0.1')
        socket.on('error', () => socket.destroy())
        await once(socket, 'connect')
        return socket
      })
    )
    const closed = silent.map(closeOf)
    const oneMore = connectTcp(a.fleet.port, '127.0.0.1')
    oneMore.on('error', () => oneMore.destroy())
    await closeOf(oneMore)
    await Promise.all(closed) // after the handshake's 5 s
    await pairFleets(b, a)
  })
})

describe('a relay with a key of its own', () => {
  it('fails to pair, though the code is right', async () => {
    const [a, b] = [await startTestFleet('a'), await startTestFleet('b')]
    const relay = await startTlsRelay(await stranger(), b.fleet.port)
    const events = b.fleet.openPairing()
    const { value } = await events.next()
    const join = a.fleet.joinPeer(relay.address, value?.type === 'code' ? value.code : '')
    await expect(join).rejects.toMatchObject({ code: 'wrong-code' })
    expect((await events.next()).value).toMatchObject({ type: 'refused', error: { code: 'wrong-code' } })
    expect(relay.overheard.join()).toContain('/pairing') // it really was in between
    expect([a.fleet.members(), b.fleet.members()]).toEqual([[], []])
  })

  it('hears not a byte of paired nodes', async () => {
    const [a, b] = [await startTestFleet('a'), await startTestFleet('b')]
    await pairFleets(a, b)
    const relay = await startTlsRelay(await stranger(), b.fleet.port)
    await b.fleet.close()
    await unlinked(a, b)
    a.fleet.setPeers([relay.address])
    await relay.refused
    await a.fleet.close()
    expect(relay.overheard).toEqual([])
  })
})

describe('a pinned connection', () => {
  /** A server of a node’s key that would resume sessions, and says whether it did. */
  async function startResumingServer(identity: Identity) {
    const sockets: TLSSocket[] = []
    const resumed: boolean[] = []
    const server = createServer(
      { ...credentials(identity), requestCert: true, rejectUnauthorized: false },
      (socket) => {
        sockets.push(socket)
        resumed.push(socket.isSessionReused())
        socket.on('error', () => socket.destroy())
        socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok'))
      }
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy()
      return new Promise<void>((resolve) => void server.close(() => resolve()))
    })
    const address = server.address()
    return { port: address && typeof address === 'object' ? address.port : 0, sockets, resumed }
  }

  it('is never a resumed session: the client offers none', async () => {
    const [client, host] = [await stranger(), await stranger()]
    const { port, resumed } = await startResumingServer(host)
    const agent = new PinnedAgent({ identity: client, clock: systemClock, accept: () => undefined })
    for (let i = 0; i < 2; i++) {
      const response = await pinnedRequest(agent, `127.0.0.1:${port}`, { method: 'GET', path: '/' })
      expect((await buffer(response)).toString()).toBe('ok')
    }
    agent.destroy()
    expect(resumed).toEqual([false, false])
  })

  it('shows no key when it was resumed, on either side', async () => {
    const [client, host] = [await stranger(), await stranger()]
    const { port, sockets } = await startResumingServer(host)
    const options = { host: '127.0.0.1', port, rejectUnauthorized: false, ...credentials(client) }
    const first = connect(options)
    const [session] = await once(first, 'session')
    const resumed = connect({ ...options, session })
    await once(resumed, 'secureConnect')
    resumed.write('x')
    await once(resumed, 'data')
    expect(resumed.isSessionReused()).toBe(true)
    expect(peerKeyOf(resumed)).toBeUndefined()
    expect(sockets.map((socket) => peerKeyOf(socket)?.nodeId)).toEqual([client.nodeId, undefined])
    for (const socket of [first, resumed]) socket.destroy()
  })

  it('goes to the node that the link goes to, also when another answers at its address later', async () => {
    const [client, host, other] = [await stranger(), await stranger(), await stranger()]
    const [{ port }, second] = [await startResumingServer(host), await startResumingServer(other)]
    const keys: string[] = []
    const agent = new PinnedAgent({
      identity: client,
      clock: systemClock,
      accept: ({ nodeId }) => {
        keys.push(nodeId)
        if (nodeId !== host.nodeId) throw new Error('another node')
      }
    })
    const get = (to: number) => pinnedRequest(agent, `127.0.0.1:${to}`, { method: 'GET', path: '/' })
    ;(await get(port)).resume()
    await expect(get(second.port)).rejects.toMatchObject({ code: 'unreachable' })
    agent.destroy()
    expect(keys).toEqual([host.nodeId, other.nodeId])
  })
})

describe('joining', () => {
  it('says what is wrong with the address or the code', async () => {
    const [a, b] = [await startTestFleet('a'), await startTestFleet('b')]
    await expect(a.fleet.joinPeer('127.0.0.1:1', '123456')).rejects.toMatchObject({ code: 'unreachable' })
    await expect(a.fleet.joinPeer('what ever', '123456')).rejects.toMatchObject({ code: 'bad-address' })
    await expect(a.fleet.joinPeer(b.address, '123456')).rejects.toMatchObject({ code: 'pairing-closed' })
    await expect(a.fleet.joinPeer(a.address, '123456')).rejects.toMatchObject({ code: 'own-address' })
    const events = b.fleet.openPairing()
    const { value } = await events.next()
    const wrong = value?.type === 'code' && value.code === '000000' ? '000001' : '000000'
    await expect(a.fleet.joinPeer(b.address, wrong)).rejects.toMatchObject({ code: 'wrong-code' })
    await events.return?.()
    await expect(a.fleet.joinPeer(b.address, wrong)).rejects.toMatchObject({ code: 'pairing-closed' })
    expect(linkTo(a, b)).toBeUndefined()
  })

  it('works again for a node that is of the lab already', async () => {
    const [a, b] = [await startTestFleet('a'), await startTestFleet('b')]
    await pairFleets(a, b)
    await pairFleets(b, a)
    expect(await linkTo(a, b)?.client.held()).toEqual([])
  })

  it('tells a removed node that it was removed', async () => {
    const [a, b] = [await startTestFleet('a'), await startTestFleet('b')]
    await pairFleets(a, b)
    await a.fleet.remove(b.nodeId)
    await unlinked(b, a)
    await expect(b.fleet.joinPeer(a.address, '123456')).rejects.toMatchObject({ code: 'removed-node' })
    expect(() => b.fleet.openPairing()).toThrow(expect.objectContaining({ code: 'removed-node' }))
  })
})
