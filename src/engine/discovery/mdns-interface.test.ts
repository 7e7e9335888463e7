import { createSocket } from 'node:dgram'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FakeClock } from '../fake-clock.ts'
import { type Announcement, announcementsOf } from './announcements.ts'
import { MdnsInterface } from './mdns-interface.ts'

const from = { address: '10.0.0.9', family: 'IPv4', port: 5353, size: 1 }

/** Real mDNS on a socket that reaches no network: what it would send is kept, what it hears is emitted. */
async function openDeaf(instance: string) {
  const sent: Buffer[] = []
  const socket = createSocket('udp4')
  const bind = (...args: unknown[]) => {
    const done = args.at(-1)
    if (typeof done === 'function') process.nextTick(() => done())
    return socket
  }
  Object.assign(socket, { bind, send: (message: Buffer) => void sent.push(Buffer.from(message)) })
  const heard: Announcement[] = []
  const trouble: string[] = []
  const clock = new FakeClock()
  const mdns = new MdnsInterface({
    address: '10.0.0.5',
    instance,
    peerPort: 47800,
    clock,
    socket,
    onAnnouncement: (announcement) => heard.push(announcement),
    onTrouble: (reason) => trouble.push(reason)
  })
  await new Promise((resolve) => setImmediate(resolve))
  clock.advance(0) // the first question
  await new Promise((resolve) => setImmediate(resolve))
  const close = async () => {
    const closed = mdns.close(clock)
    await new Promise((resolve) => setImmediate(resolve))
    clock.advance(1_000)
    await closed
  }
  return { socket, sent, heard, trouble, close, clock }
}

describe('mDNS on one interface', () => {
  it('announces the instance and its port, which another one understands', async () => {
    const [a, b] = [await openDeaf('aaaaaaaaaaaaaaaa'), await openDeaf('bbbbbbbbbbbbbbbb')]
    for (const packet of a.sent) b.socket.emit('message', packet, from)
    expect(b.heard).toContainEqual({ instance: 'aaaaaaaaaaaaaaaa', port: 47800 })
    const before = a.sent.length
    await a.close()
    for (const packet of a.sent.slice(before)) b.socket.emit('message', packet, from)
    expect(b.heard).toContainEqual({ instance: 'aaaaaaaaaaaaaaaa', gone: true })
    await b.close()
    expect([a.clock.pendingTimers, b.clock.pendingTimers]).toEqual([0, 0])
  })

  it('survives every packet: noise, and real ones with bytes changed', async () => {
    const [speaker, listener] = [await openDeaf('aaaaaaaaaaaaaaaa'), await openDeaf('bbbbbbbbbbbbbbbb')]
    expect(speaker.sent.length).toBeGreaterThanOrEqual(2) // a question and an announcement
    const changed = fc
      .tuple(
        fc.constantFrom(...speaker.sent),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 12 }),
        fc.option(fc.nat())
      )
      .map(([packet, changes, cut]) => {
        const copy = Buffer.from(packet)
        for (const [at, value] of changes) copy[at % copy.length] = value
        return cut === null ? copy : copy.subarray(0, cut % copy.length)
      })
    const noise = fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes))
    const send = (packet: Buffer) => void listener.socket.emit('message', packet, from)
    fc.assert(fc.property(fc.oneof(changed, noise), send), { numRuns: 3_000 })
    for (const { instance } of listener.heard) expect(instance).toMatch(/^[a-z0-9]{8,32}$/)
    await Promise.all([speaker.close(), listener.close()])
  })
})

describe('announcements', () => {
  const name = fc.constantFrom('_microtome._tcp.local', 'aaaaaaaa._microtome._tcp.local', '', '.', '_http._tcp.local')
  const record = fc.record(
    {
      type: fc.constantFrom('PTR', 'SRV', 'TXT', 'A', 'OPT', '__proto__'),
      name: fc.oneof(name, fc.string()),
      ttl: fc.oneof(fc.constantFrom(0, 120), fc.anything()),
      data: fc.oneof(name, fc.record({ port: fc.integer({ min: -1, max: 70_000 }), target: name }), fc.anything())
    },
    { requiredKeys: [] }
  )

  it('come out of anything without a throw, and only well-formed ones', () => {
    const packet = fc.record({ answers: fc.array(record), additionals: fc.array(record) }, { requiredKeys: [] })
    fc.assert(
      fc.property(fc.oneof(packet, fc.anything()), (value) => {
        for (const announcement of announcementsOf(value)) {
          expect(announcement.instance).toMatch(/^[a-z0-9]{8,32}$/)
          if ('port' in announcement) expect(announcement.port).toSatisfy((port: number) => port >= 1 && port <= 65535)
        }
      }),
      { numRuns: 1_000 }
    )
  })

  it('show no name that somebody chose', () => {
    const answers = ['<b>Dr. Who</b>', 'UPPERCASE', 'x', 'a'.repeat(33)].flatMap((instance) => [
      { type: 'PTR', name: '_microtome._tcp.local', ttl: 120, data: `${instance}._microtome._tcp.local` },
      { type: 'SRV', name: `${instance}._microtome._tcp.local`, ttl: 120, data: { port: 1 } }
    ])
    expect(announcementsOf({ answers })).toEqual([])
  })
})
