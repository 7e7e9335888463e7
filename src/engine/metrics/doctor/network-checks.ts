import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Check } from '../../../shared/contract/local.ts'
import type { Settings } from '../../../shared/settings.ts'
import type { DoctorOptions } from './doctor-options.ts'

const mdnsGroup = '224.0.0.251'

export async function portChecks(settings: Settings, listening: DoctorOptions['listening']): Promise<Check[]> {
  return Promise.all([
    portCheck('Peer port', settings.host, settings.port, listening?.peerPort, 'port'),
    portCheck('Page port', '127.0.0.1', settings.uiPort, listening?.uiPort, 'uiPort')
  ])
}

async function portCheck(
  name: string,
  host: string,
  port: number,
  ours: number | undefined,
  key: string
): Promise<Check> {
  if (ours !== undefined && (port === ours || port === 0))
    return { name, status: 'ok', detail: `${host}:${ours}, this node listens there` }
  const refusal = await tryListening(host, port)
  if (refusal === undefined)
    return { name, status: 'ok', detail: port === 0 ? `${host}, any free port` : `${host}:${port} is free` }
  return { name, status: 'failed', detail: `${host}:${port} ${portWords(refusal)}`, hint: portHint(refusal, key) }
}

/** The system's code where nobody may listen there. */
async function tryListening(host: string, port: number): Promise<string | undefined> {
  const server = createServer()
  try {
    server.listen({ host, port, exclusive: true })
    await once(server, 'listening')
    return undefined
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'UNKNOWN'
  } finally {
    server.close()
  }
}

function portWords(code: string): string {
  if (code === 'EADDRINUSE') return 'is taken by another program'
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return 'is no address of this computer'
  return code === 'EACCES' ? 'is not for this user' : `can't be opened (${code})`
}

function portHint(code: string, key: string): string {
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return 'Set "host" to 0.0.0.0 or to an address of this computer.'
  return `End that program, or set "${key}" to another port above 1023, or to 0 for any free one.`
}

type Discovery = Pick<DoctorOptions, 'settings' | 'interfaces' | 'joinMulticast'>

/** Whether nodes can be found on each network; nothing is touched where discovery is off. */
export async function multicastChecks({ settings, interfaces, joinMulticast }: Discovery): Promise<Check[]> {
  const wanted = settings.interface
  if (wanted === 'none') return [{ name: 'Multicast', status: 'ok', detail: 'discovery is off ("interface" is none)' }]
  const networks = ipv4Networks(interfaces())
  const chosen = wanted === 'all' ? networks : networks.filter(({ name }) => name === wanted)
  if (chosen.length === 0)
    return [
      noNetwork(
        wanted,
        networks.map(({ name }) => name)
      )
    ]
  return Promise.all(chosen.map(({ name, address }) => multicastCheck(`Multicast on ${name}`, address, joinMulticast)))
}

function ipv4Networks(interfaces: ReturnType<DoctorOptions['interfaces']>): { name: string; address: string }[] {
  return Object.entries(interfaces).flatMap(([name, addresses = []]) =>
    addresses.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => ({ name, address }))
  )
}

function noNetwork(wanted: string, up: string[]): Check {
  const detail = wanted === 'all' ? 'no network with IPv4 is up' : `no interface "${wanted}" with IPv4 is up`
  const others =
    up.length === 0 ? 'Connect this computer to the network' : `Set "interface" to all or one of ${up.join(', ')}`
  return {
    name: 'Multicast',
    status: 'warning',
    detail,
    hint: `${others}; without it other computers are added by address.`
  }
}

async function multicastCheck(name: string, address: string, join: (address: string) => Promise<void>): Promise<Check> {
  try {
    await join(address)
    return { name, status: 'ok', detail: `${address} joined ${mdnsGroup}` }
  } catch (thrown) {
    const reason = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'UNKNOWN'
    const hint = 'Other computers are not found by themselves on this network: add them by address (host:port).'
    return { name, status: 'warning', detail: `${address} can't join ${mdnsGroup} (${reason})`, hint }
  }
}

/** Joins the group of mDNS on one interface and leaves it at once. The system announces that on the network. */
export async function joinMulticast(address: string): Promise<void> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true })
  try {
    socket.bind(0, '0.0.0.0')
    await once(socket, 'listening')
    socket.addMembership(mdnsGroup, address)
  } finally {
    socket.close()
  }
}
