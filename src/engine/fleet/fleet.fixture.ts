import { onTestFinished } from 'vitest'
import { type Clock, systemClock } from '../clock.ts'
import { FakeClock } from '../fake-clock.ts'
import { loadIdentity } from '../identity/index.ts'
import { Fleet } from './fleet.ts'
import type { FleetLog } from './fleet-log.ts'
import type { FleetEvents, FleetOptions } from './fleet-options.ts'
import { idleHandlers } from './idle-handlers.fixture.ts'
import type { PeerHandlers } from './peer-handlers.ts'
import { temporaryFolder } from './temporary-folders.fixture.ts'

const DEADLINE_MS = 60_000

export const silentLog: FleetLog = { debug: () => undefined, info: () => undefined, warn: () => undefined }

export interface TestFleetOptions
  extends Partial<Pick<FleetOptions, 'onHttp' | 'protocol' | 'discover' | 'log' | 'dataDir' | 'settings'>> {
  clock?: Clock
  handlers?: Partial<PeerHandlers>
}

/** A real fleet on 127.0.0.1, closed when the test ends. */
export async function startTestFleet(name: string, options: TestFleetOptions = {}) {
  const dataDir = options.dataDir ?? temporaryFolder()
  const identity = await loadIdentity(dataDir)
  const fleet = await Fleet.start({
    dataDir,
    identity,
    name,
    version: '0.0.0',
    settings: options.settings ?? { host: '127.0.0.1', port: 0, peers: [], interface: 'none' },
    clock: options.clock ?? systemClock,
    log: options.log ?? silentLog,
    handlers: { ...idleHandlers, ...options.handlers },
    onHttp: options.onHttp ?? ((_, response) => void response.writeHead(404).end()),
    discover: options.discover ?? (() => ({ nearby: () => [], close: async () => undefined })),
    ...(options.protocol && { protocol: options.protocol })
  })
  onTestFinished(async () => {
    const closed = fleet.close()
    if (options.clock instanceof FakeClock) options.clock.advance(1_000)
    await closed
  })
  return { fleet, identity, dataDir, nodeId: identity.nodeId, name, address: `127.0.0.1:${fleet.port}` }
}
export type TestFleet = Awaited<ReturnType<typeof startTestFleet>>

/** Types on `member` the code that `newcomer` shows, and waits until both are linked. */
export async function pairFleets(member: TestFleet, newcomer: TestFleet): Promise<void> {
  const events = newcomer.fleet.openPairing()
  const { value } = await events.next()
  if (value?.type !== 'code') throw new Error(`expected a code, got ${JSON.stringify(value)}`)
  await member.fleet.joinPeer(newcomer.address, value.code)
  await Promise.all([linked(member, newcomer), linked(newcomer, member)])
}

export function linkTo(from: TestFleet, to: { nodeId: string }) {
  return from.fleet.links().find((link) => link.nodeId === to.nodeId)
}

export async function linked(from: TestFleet, to: { nodeId: string }) {
  await until(from.fleet, ['link'], () => linkTo(from, to) !== undefined)
  const link = linkTo(from, to)
  if (!link) throw new Error('the link went again')
  return link
}

export async function unlinked(from: TestFleet, to: { nodeId: string }): Promise<void> {
  await until(from.fleet, ['link-lost'], () => linkTo(from, to) === undefined)
}

/** Names of the others in the lab, sorted. */
export function labOf({ fleet }: TestFleet): string[] {
  return fleet
    .members()
    .map((member) => member.name)
    .sort()
}

export async function hasLab(node: TestFleet, names: string[]): Promise<void> {
  await until(node.fleet, ['roster-changed', 'link'], () => labOf(node).join() === names.join())
}

/** Waits until `holds`, looking again at each of the events of each of the fleets. */
export async function until(
  watched: Fleet | Fleet[],
  events: (keyof FleetEvents)[],
  holds: () => boolean
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const look = () => {
    if (holds()) resolve()
  }
  const deadline = setTimeout(() => reject(new Error(`did not hold in time: ${holds}`)), DEADLINE_MS)
  const fleets = [watched].flat()
  for (const fleet of fleets) for (const event of events) fleet.on(event, look)
  look()
  try {
    await promise
  } finally {
    clearTimeout(deadline)
    for (const fleet of fleets) for (const event of events) fleet.off(event, look)
  }
}
