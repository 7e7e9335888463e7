import fs, { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ServiceState } from '../shared/domain/services.ts'
import type { SettingKey } from '../shared/settings.ts'
import { systemClock } from './clock.ts'
import { openConfig, openDataFolder } from './config/index.ts'
import { EventHub } from './events/index.ts'
import { wasRemoved } from './fleet/index.ts'
import { loadIdentity, retireIdentity } from './identity/index.ts'
import { Inspector, Uploads } from './intake/index.ts'
import { Edits, JobOutputs, Submitter } from './jobs/index.ts'
import { Keys } from './keys/index.ts'
import { createLocalRouter, JobRows } from './local/index.ts'
import { type Log, openLog, type Terminal } from './log/index.ts'
import { thisMachine } from './metrics/index.ts'
import {
  cancelledJob,
  Dispatcher,
  type EndedJob,
  EndedJobs,
  LiveTasks,
  Rates,
  ratesDocument,
  WorkerHealth,
  type WorkerPort
} from './scheduler/index.ts'
import type { ServiceApi } from './service-api.ts'
import { openStorage } from './storage/index.ts'
import { openWeb } from './web/index.ts'
import { announceChanges } from './wiring/announce-changes.ts'
import { leastRoomBytes, sweepDestinations } from './wiring/destinations.ts'
import { openDispatch } from './wiring/dispatch.ts'
import { followSettings } from './wiring/follow-settings.ts'
import { startHousekeeping } from './wiring/housekeeping.ts'
import { intakeOf } from './wiring/intake.ts'
import { labOf } from './wiring/lab.ts'
import { leftBehind } from './wiring/left-behind.ts'
import { openMachine } from './wiring/machine.ts'
import { openNetwork } from './wiring/network.ts'
import { nodeFigures } from './wiring/node-figures.ts'
import { nodeStatus } from './wiring/node-status.ts'
import { patientProber } from './wiring/patient-prober.ts'
import { sampleSlide } from './wiring/sample-slide.ts'
import { serviceApi } from './wiring/service-api.ts'
import { Converters, OwnWorker, openWorker } from './worker/index.ts'

/** What a node is started with; the rest is in its configuration. */
export interface EngineOptions {
  dataDir: string
  /** Settings from the command line. */
  overrides: Partial<Record<SettingKey, unknown>>
  /** Instead of `<dataDir>/config.json`. */
  configFile?: string | undefined
  /** The program of the converters' children, and the Node binary that runs it. */
  childEntry: string
  nodePath: string
  /** Of the product. */
  version: string
  /** Gets readable log lines. */
  terminal?: Terminal | undefined
}

/** A running node. */
export interface Engine {
  readonly api: ServiceApi
  readonly nodeId: string
  readonly name: string
  readonly peerPort: number
  /** As configured; 0 leaves the choice to the system. */
  readonly uiPort: number
  /** Tells how this node's local door is reached. Call once, when it is open. */
  announce(door: { uiPort: number; uiUrl: string; token: string }): Promise<void>
  /** Says who tells how this node's HTTP faces are; until then the window knows of none. */
  showServices(states: () => Promise<ServiceState[]>): void
  /** Called first when the engine ends, while everything still works: what asks the engine for something ends there. */
  beforeEnd(work: () => Promise<void>): void
  /** For what hosts the HTTP faces. */
  readonly log: Log
  /** Reports what can only be a bug of ours. */
  readonly onBug: (thrown: unknown) => void
  /** Gives leases back, closes every connection, child and file. May be called twice. */
  close(): Promise<void>
  /** Resolves when the engine has ended, however that began. */
  readonly closed: Promise<void>
}

/**
 * Starts a node: the only place that wires the engine's parts. Throws `already-running`, `bad-setting`, `port-in-use` and the like
 * with what to try; nothing is left running then.
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const undo = new AsyncDisposableStack()
  try {
    return await wire(options, undo)
  } catch (thrown) {
    await undo.disposeAsync()
    throw thrown
  }
}

async function wire(options: EngineOptions, undo: AsyncDisposableStack): Promise<Engine> {
  const clock = systemClock
  const random = Math.random
  const startedAtMs = clock.wallMs()
  const machine = thisMachine()

  const folder = openDataFolder(options.dataDir, clock)
  undo.defer(() => folder.close())
  const dataDir = folder.dir
  const log = openLog({ dir: join(dataDir, 'logs'), level: 'info', clock, terminal: options.terminal })
  undo.defer(() => log.close())
  const onBug = (thrown: unknown) => log.error('something happened that should not', {}, thrown)
  const config = await openConfig({
    dataDir,
    file: options.configFile,
    environment: process.env,
    commandLine: options.overrides,
    machine,
    clock,
    log
  })
  undo.defer(() => config.close())
  log.setLevel(config.current().logLevel)

  const storage = openStorage(join(dataDir, 'microtome.db'), clock)
  undo.defer(() => storage.close())
  const { jobs, leases, documents } = storage
  const keys = await Keys.open({ store: storage.keys, clock, onBug })
  undo.defer(() => keys.close())
  let identity = await loadIdentity(dataDir)
  if (wasRemoved(dataDir, identity)) {
    // A removal wins for ever: only under a new key can this computer be added again.
    retireIdentity(dataDir)
    identity = await loadIdentity(dataDir)
  }
  const { nodeId } = identity
  const { version } = options
  const local = await openMachine({ dataDir, clock, log, config, machine, version, childEntry: options.childEntry })
  undo.defer(() => local.close())

  const converters = new Converters({
    launcher: local.launcher,
    clock,
    log: log.part('converters'),
    childEntry: options.childEntry,
    nodePath: options.nodePath,
    tools: () => ({ ...local.tools.current(), openslidePath: config.current().openslidePath })
  })
  undo.defer(() => converters.close())
  const worker = await openWorker({
    dataDir,
    clock,
    log: log.part('worker'),
    settings: config.current(),
    machine: {
      hardware: () => local.hardware.current(),
      load: () => local.hardware.load(),
      tools: () => local.versions(),
      profiles: () => local.tools.current().profiles
    },
    converters
  })
  undo.defer(() => worker.close())

  const events = new EventHub(onBug)
  const thumbnailDir = join(dataDir, 'thumbnails')
  await mkdir(thumbnailDir, { recursive: true, mode: 0o700 })
  const prober = patientProber(converters, () => local.tools.settled())
  const inspector = new Inspector(prober, thumbnailDir)
  const uploads = new Uploads(join(dataDir, 'uploads'), clock, () => config.current().uploadLimitBytes)
  const dropUpload = (uploadId: string) => uploads.remove(uploadId)
  const outputs = new JobOutputs({
    jobs,
    files: fs,
    clock,
    platform: process.platform,
    owner: nodeId.slice(0, 12),
    needBytes: leastRoomBytes,
    dropUpload
  })
  const web = openWeb({ dataDir, clock, log: log.part('web'), settings: () => config.current() })
  const live = new LiveTasks()
  const endedJobs = new EndedJobs()
  const onEnded = (job: EndedJob) => endedJobs.add(job)
  const health = new WorkerHealth(clock)
  const rates = new Rates(await documents.get('rates', ratesDocument))
  const ports = (): WorkerPort[] => [own, ...network.ports()]
  const master = {
    clock,
    random,
    log: log.part('master'),
    events,
    jobs,
    leases,
    outputs,
    live,
    health,
    rates,
    web,
    onEnded,
    ports,
    onBug
  }
  const dispatcher = new Dispatcher(master)
  const own = new OwnWorker({ nodeId, name: config.current().name, worker, desk: dispatcher.desk, clock, log })
  undo.defer(() => own.close())
  await dispatcher.recover(nodeId)
  await worker.scratch.wipe(leftBehind(live, clock))
  // When nobody reports any more: results that are just being given their names get them.
  undo.defer(() => dispatcher.settled())
  const network = await openNetwork({
    dataDir,
    identity,
    version,
    clock,
    random,
    log,
    config,
    worker,
    dispatcher,
    events,
    onBug
  })
  undo.defer(() => network.close())
  // Before the network goes: what runs for the lab is given back over it.
  undo.defer(() => worker.close())
  undo.defer(() => dispatcher.stop())
  dispatcher.start()
  void sweepDestinations({ outputs, jobs, live, log }).catch(onBug)

  const rows = new JobRows({ jobs, live, dispatcher, platform: process.platform, nodeId })
  const selfName = () => config.current().name
  const lab = labOf({ fleet: network.fleet, self: own, selfName, ports, live, health, rates })
  const ended = Promise.withResolvers<void>()
  let door: { uiPort: number; uiUrl: string } | undefined
  const status = () =>
    nodeStatus({
      nodeId,
      version,
      dataDir,
      peerPort: () => network.fleet.port,
      instance: () => network.fleet.instance,
      door: () => door,
      config,
      jobs,
      live,
      worker: { status: () => own.status(), keepAwake: () => worker.keepAwake },
      tools: () => local.tools.current(),
      wallMs: () => clock.wallMs()
    })
  const edits = new Edits({
    jobs,
    leases,
    dispatching: dispatcher,
    clock,
    onChanged: (jobId) => events.emit('job', jobId),
    onEnded: async (job) => {
      onEnded(cancelledJob(job))
      if (job.source.type === 'upload') await dropUpload(job.source.uploadId)
      if (job.source.type === 'url') await web.sources.remove(job.id)
    }
  })
  const dispatch = await openDispatch({
    ...{ clock, random, log: log.part('dispatch'), events, store: storage.dispatch, live, outputs, edits, web },
    ...{ config, dispatcher, ports, onEnded, onBug }
  })
  undo.defer(() => dispatch.close())
  let services = async (): Promise<ServiceState[]> => []
  const localRouter = createLocalRouter({
    clock,
    dataDir,
    events,
    config,
    jobs,
    rows,
    submitter: new Submitter({
      jobs,
      leases,
      clock,
      intake: intakeOf({ inspector, uploads }),
      namePattern: () => config.current().namePattern
    }),
    edits,
    dispatcher,
    inspector,
    uploads,
    lab,
    keys,
    services: () => services(),
    status,
    doctor: () => local.doctor(door && { peerPort: network.fleet.port, uiPort: door.uiPort }),
    backup: (path) => storage.copyTo(path),
    makeSample: () => sampleSlide(join(dataDir, 'sample'), (path) => converters.sample(path)),
    forget: (ids) => leases.remove(ids),
    shutdown: (now) => void drain(now).catch(onBug),
    onBug
  })
  undo.defer(
    startHousekeeping({ clock, config, events, jobs, leases, documents, rates, uploads, web, thumbnailDir, onBug })
  )
  undo.defer(followSettings({ config, log, worker, network, tools: local.tools, events, dispatcher, onBug }))
  undo.defer(announceChanges({ events, jobs, clock, worker, tools: local.tools, hardware: local.hardware, onBug }))

  undo.defer(() => events.emit('ending', undefined))

  let closing: Promise<void> | undefined
  const close = () => {
    closing ??= undo.disposeAsync().finally(() => ended.resolve())
    return closing
  }
  const drain = async (now: boolean) => {
    await dispatcher.stop()
    if (!now) await worker.drain()
    await close()
  }
  log.info('the node is ready', { nodeId, port: network.fleet.port, version })
  return {
    api: serviceApi({
      ...{ nodeId, name: selfName, version, localRouter, dispatch, keys, jobs, live, rows, inspector, uploads },
      figures: () => nodeFigures({ startedAtMs, jobs, ports, dispatch, converters, ended: endedJobs })
    }),
    nodeId,
    name: config.current().name,
    peerPort: network.fleet.port,
    uiPort: config.current().uiPort,
    announce: async (opened) => {
      door = opened
      const { uiPort, token } = opened
      await folder.announce({ pid: process.pid, uiPort, token, nodeId, startedAtMs: clock.wallMs() })
    },
    showServices: (states) => {
      services = states
    },
    beforeEnd: (work) => undo.defer(work),
    log: log.part('services'),
    onBug,
    close,
    closed: ended.promise
  }
}
