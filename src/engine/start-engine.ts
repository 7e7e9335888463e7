import fs, { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ServiceState } from '../shared/domain/services.ts'
import { systemClock } from './clock.ts'
import type { Engine, EngineOptions } from './engine.ts'
import { EventHub } from './events/index.ts'
import { Inspector, Uploads } from './intake/index.ts'
import { Edits, JobOutputs, Submitter } from './jobs/index.ts'
import { createLocalRouter, JobRows } from './local/index.ts'
import {
  cancelledJob,
  Dispatcher,
  EndedJobs,
  LiveTasks,
  Rates,
  ratesDocument,
  WorkerHealth,
  type WorkerPort
} from './scheduler/index.ts'
import type { EndedJob } from './service-api.ts'
import { openWeb } from './web/index.ts'
import { announceChanges } from './wiring/announce-changes.ts'
import { leastRoomBytes, sweepDestinations } from './wiring/destinations.ts'
import { openDispatch } from './wiring/dispatch.ts'
import { followSettings } from './wiring/follow-settings.ts'
import { openGround } from './wiring/ground.ts'
import { startHousekeeping } from './wiring/housekeeping.ts'
import { intakeOf } from './wiring/intake.ts'
import { labOf } from './wiring/lab.ts'
import { leftBehind } from './wiring/left-behind.ts'
import { openNetwork } from './wiring/network.ts'
import { nodeFigures } from './wiring/node-figures.ts'
import { nodeStatus } from './wiring/node-status.ts'
import { openOwnWork } from './wiring/own-work.ts'
import { patientProber } from './wiring/patient-prober.ts'
import { sampleSlide } from './wiring/sample-slide.ts'
import { serviceApi } from './wiring/service-api.ts'
import { OwnWorker } from './worker/index.ts'

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
  const { childEntry, nodePath, version } = options
  const ground = await openGround(options, clock, undo)
  const { folder, log, onBug, config, storage, storageError, keys, identity } = ground
  const { jobs, leases, documents } = storage
  const dataDir = folder.dir
  const { nodeId } = identity
  const base = { dataDir, clock, log, config, machine: ground.machine, version, childEntry, nodePath, storageError }
  const { local, converters, worker } = await openOwnWork(base, undo)

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
      storageError,
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
    startHousekeeping({
      ...{ clock, config, events, jobs, leases, documents, rates, uploads, web, thumbnailDir, onBug },
      keepsStrangers: () => storageError() !== undefined
    })
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
