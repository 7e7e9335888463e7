import { randomUUID } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { Config } from '../config/index.ts'
import { Discovery } from '../discovery/index.ts'
import type { EventHub } from '../events/index.ts'
import { Fleet, type FleetLog, type PeerLink } from '../fleet/index.ts'
import { PeerWorkers, peerHandlers } from '../fleet/peer-worker/index.ts'
import type { Identity } from '../identity/index.ts'
import type { EngineLog, Log, LogFields } from '../log/index.ts'
import type { Dispatcher, WorkerPort } from '../scheduler/index.ts'
import { Blobs, Carrier } from '../transfer/index.ts'
import { LabTasks, type Worker } from '../worker/index.ts'

export interface NetworkParts {
  dataDir: string
  identity: Identity
  version: string
  clock: Clock
  random: () => number
  log: EngineLog
  config: Config
  worker: Worker
  dispatcher: Dispatcher
  events: EventHub
  onBug: (thrown: unknown) => void
}

/** This node among the others, with work and bytes passing both ways. */
export interface Network {
  fleet: Fleet
  /** Paired workers. */
  ports(): WorkerPort[]
  close(): Promise<void>
}

/** Opens the peer door, lends to paired workers and works for paired masters. */
export async function openNetwork(parts: NetworkParts): Promise<Network> {
  const { clock, random, config, worker, dispatcher, events, onBug } = parts
  // Undefined while the door opens; a worker whose state changes meanwhile has nobody to tell.
  let opened: Fleet | undefined
  const links = () => opened?.links() ?? []
  const linkOf = (nodeId: string): PeerLink | undefined => links().find((link) => link.nodeId === nodeId)
  const transferLog = parts.log.part('transfer')
  const blobs = new Blobs({ clock, log: transferLog, newId: randomUUID })
  const carrier = new Carrier({ clock, log: transferLog, linkOf, random })
  const labLinks = { get: linkOf, all: links }
  const labTasks = new LabTasks({ worker, blobs, carrier, links: labLinks, clock, log: parts.log.part('lab'), random })
  const peers = new PeerWorkers({
    desk: dispatcher.desk,
    blobs,
    carrier,
    linkOf,
    clock,
    log: parts.log.part('peers'),
    shareFileNames: () => config.current().shareFileNames
  })
  const closeWork = async () => {
    await peers.close()
    await labTasks.close()
  }
  const { dataDir, identity, version } = parts
  const fleet = await Fleet.start({
    dataDir,
    identity,
    name: config.current().name,
    version,
    settings: config.current(),
    clock,
    random,
    log: fleetLog(parts.log.part('fleet')),
    handlers: peerHandlers({ workerSide: labTasks.handlers, masterSide: peers.handlers, blobs }),
    onHttp: (request, response, nodeId) => void blobs.onHttp(request, response, nodeId),
    discover: (options) => new Discovery({ ...options, clock, log: fleetLog(parts.log.part('discovery')) })
  }).catch(async (thrown) => {
    await closeWork()
    throw thrown
  })
  opened = fleet
  fleet.on('link', (link) => {
    const port = peers.linkUp(link)
    labTasks.linkUp(link)
    dispatcher.workerLinked(port).catch(onBug)
  })
  fleet.on('link-lost', ({ nodeId }) => {
    if (!linkOf(nodeId)) peers.linkDown(nodeId)
  })
  fleet.on('roster-changed', () => {
    const members = new Set(fleet.members().map((member) => member.nodeId))
    for (const { nodeId } of peers.ports()) {
      if (members.has(nodeId)) continue
      Promise.all([peers.remove(nodeId), labTasks.masterRemoved(nodeId)]).catch(onBug)
    }
    events.emit('nodes', undefined)
    dispatcher.poke()
  })
  fleet.on('nearby', () => events.emit('nearby', undefined))
  return {
    fleet,
    ports: () => peers.ports(),
    async close() {
      await closeWork()
      await fleet.close()
    }
  }
}

/** The fleet's lines in the engine's log. */
function fleetLog(log: Log): FleetLog {
  const told = (fields: object): LogFields => ({ nodeId: 'node' in fields ? String(fields.node) : undefined })
  return {
    debug: (fields, message) => log.debug(message, told(fields)),
    info: (fields, message) => log.info(message, told(fields)),
    warn: (fields, message) => log.warn(message, told(fields))
  }
}
