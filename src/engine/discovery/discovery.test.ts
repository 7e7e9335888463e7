import type { NetworkInterfaceInfo } from 'node:os'
import { describe, expect, it, vi } from 'vitest'
import { FakeClock } from '../fake-clock.ts'
import type { Announcement } from './announcements.ts'
import { Discovery } from './discovery.ts'
import {
  connectNamespaces,
  NamespaceProcess,
  SECRET_HOST_NAME,
  setLink,
  whyNoNamespaces
} from './network-namespaces.fixture.ts'

function ipv4(address: string, internal = false): NetworkInterfaceInfo {
  return {
    address,
    netmask: '255.255.255.0',
    family: 'IPv4',
    mac: '02:00:00:00:00:01',
    internal,
    cidr: `${address}/24`
  }
}

/** A discovery whose interfaces are ours, and the mDNS of each of them, too. */
function setUp(wanted = 'all') {
  const clock = new FakeClock()
  const log: string[] = []
  const hear = new Map<string, (announcement: Announcement, host: string) => void>()
  let interfaces: NodeJS.Dict<NetworkInterfaceInfo[]> = { lo: [ipv4('127.0.0.1', true)], eth0: [ipv4('10.0.0.5')] }
  const onChange = vi.fn()
  const discovery = new Discovery({
    peerPort: 47800,
    interface: wanted,
    clock,
    log: { debug: () => undefined },
    onChange,
    interfaces: () => interfaces,
    open: ({ address, instance, onAnnouncement }) => {
      log.push(`open ${address}`)
      hear.set(address, onAnnouncement)
      hear.set('own instance', (_, host) => onAnnouncement({ instance, port: 1 }, host))
      return { close: async () => void log.push(`close ${address}`) }
    }
  })
  const change = (next: typeof interfaces) => {
    interfaces = next
    clock.advance(2_000)
  }
  return { clock, log, hear, discovery, onChange, change }
}

describe('discovery', () => {
  it('opens one mDNS per interface, and anew when one comes, goes or changes its address', async () => {
    const { log, change, discovery, clock } = setUp()
    change({ eth0: [ipv4('10.0.0.5')], wlan0: [ipv4('10.0.1.5'), ipv4('10.0.2.5')] })
    change({ wlan0: [ipv4('10.0.1.6')] })
    await discovery.close()
    expect(log).toEqual([
      'open 10.0.0.5',
      'open 10.0.1.5',
      'close 10.0.0.5',
      'close 10.0.1.5',
      'open 10.0.1.6',
      'close 10.0.1.6'
    ])
    expect(clock.pendingTimers).toBe(0)
  })

  it('looks on the interface that the settings name, and on none where they say none', () => {
    expect(setUp('none').log).toEqual([])
    expect(setUp('eth7').log).toEqual([])
    expect(setUp('eth0').log).toEqual(['open 10.0.0.5'])
  })

  it('remembers who announced itself, until it says goodbye, its interface goes or it is silent for long', () => {
    const { hear, discovery, onChange, change, clock } = setUp()
    const say = hear.get('10.0.0.5') ?? (() => undefined)
    const one = { instance: 'a'.repeat(16), host: '10.0.0.7', port: 47800 }
    say({ instance: one.instance, port: 47800 }, one.host)
    say({ instance: one.instance, port: 47800 }, one.host)
    expect(discovery.nearby()).toEqual([one])
    expect(onChange).toHaveBeenCalledTimes(1)
    say({ instance: one.instance, gone: true }, '10.0.0.8') // somebody else's goodbye
    expect(discovery.nearby()).toEqual([one])
    say({ instance: one.instance, gone: true }, one.host)
    expect(discovery.nearby()).toEqual([])
    say({ instance: one.instance, port: 47800 }, one.host)
    clock.advance(148_000)
    expect(discovery.nearby()).toEqual([one])
    clock.advance(4_000)
    expect(discovery.nearby()).toEqual([])
    say({ instance: one.instance, port: 47800 }, one.host)
    change({})
    expect(discovery.nearby()).toEqual([])
    expect(onChange).toHaveBeenCalledTimes(6)
  })

  it('does not list itself, nor who is not on the interface’s network', () => {
    const { hear, discovery } = setUp()
    hear.get('own instance')?.({ instance: '', port: 1 }, '10.0.0.5')
    hear.get('10.0.0.5')?.({ instance: 'b'.repeat(16), port: 47800 }, '10.0.1.7')
    expect(discovery.nearby()).toEqual([])
  })

  it('remembers 256 instances, however many are made up', () => {
    const { hear, discovery } = setUp()
    for (let i = 0; i < 1_000; i++) hear.get('10.0.0.5')?.({ instance: `instance${i}`, port: 1 }, '10.0.0.9')
    expect(discovery.nearby()).toHaveLength(256)
  })
})

const obstacle = whyNoNamespaces()
if (obstacle) process.stdout.write(`mDNS is not tried for real: no network namespaces here (${obstacle})\n`)

describe.skipIf(obstacle)('discovery on a real network', () => {
  it('finds another, loses it with the link, finds it again, and hears its goodbye', async () => {
    const [here, there] = connectNamespaces(2)
    if (!here || !there) throw new Error('no namespaces')
    const mine = new NamespaceProcess(here.name, 'discover', '1111', 'all')
    const other = new NamespaceProcess(there.name, 'discover', '2222', 'all')
    await Promise.all([mine.finds(`${there.address}:2222`), other.finds(`${here.address}:1111`)])
    setLink(here.name, 'down')
    await mine.finds()
    setLink(here.name, 'up')
    await mine.finds(`${there.address}:2222`)
    await other.close()
    await mine.finds()
  })

  it('shows others a random name, a version and a port, and with interface none nothing', async () => {
    const [watched, silent, watcher] = connectNamespaces(3)
    if (!watched || !silent || !watcher) throw new Error('no namespaces')
    const sniffer = new NamespaceProcess(watcher.name, 'sniff', watcher.address)
    await sniffer.ready()
    await new NamespaceProcess(silent.name, 'discover', '2222', 'none').ready()
    const node = new NamespaceProcess(watched.name, 'discover', '1111', 'all')
    const packets = () => sniffer.said.filter(({ event }) => event === 'packet')
    await sniffer.until(() => packets().length >= 4) // questions, and an announcement that was repeated
    await node.close()
    const text = packets()
      .map((packet) => packet.text ?? '')
      .join('\n')
    expect(text).toContain('_microtome')
    expect(text).toMatch(/[0-9a-f]{16}/)
    expect(text).toContain('v=1')
    expect(text).not.toContain(SECRET_HOST_NAME)
    expect(new Set(packets().map(({ from }) => from))).toEqual(new Set([watched.address]))
  })
})
