import { mkdir } from 'node:fs/promises'
import type { HeldLease, TaskOffer } from '../../shared/contract/peer.ts'
import { type Profile, parseProfile, profiles } from '../../shared/domain/profiles.ts'
import { toJobError } from '../../shared/errors.ts'
import type { PeerLink } from '../fleet/peer-link.ts'
import type { Fencing } from '../scheduler/worker-port.ts'
import { entryNameFault, pause } from '../transfer/index.ts'
import { Beat } from './beat.ts'
import type { LabParts } from './lab-parts.ts'
import { LabTask, sourceDirIn } from './lab-task.ts'

interface Caller {
  nodeId: string
}
const ok = { ok: true } as const

/** Epochs of tasks that ended are remembered for so many tasks, so that a late offer is known for stale. */
const rememberedTasks = 20_000
const releaseWaitMs = 2500
const statusEveryMs = 10_000

/** The worker's side of the peer door: what paired masters ask of this node, and what it tells them. */
export class LabTasks {
  readonly #parts: LabParts
  readonly #tasks = new Map<string, LabTask>()
  readonly #newestEpoch = new Map<string, number>()
  readonly #beats = new Map<string, Beat>()
  readonly #statusTimer

  constructor(parts: LabParts) {
    this.#parts = parts
    parts.worker.onChange(() => this.#tellAll())
    parts.worker.onGiveBack((reason) => this.#giveBack(reason))
    this.#statusTimer = parts.clock.every(statusEveryMs, () => this.#tellAll())
  }

  /** Handlers of the peer contract that a worker serves; the caller is known by its key. */
  readonly handlers = {
    offer: (offer: TaskOffer, caller: Caller) => this.#onOffer(offer, caller.nodeId),
    cancel: async (fencing: Fencing, caller: Caller) => {
      await this.#drop(fencing, caller.nodeId)
      return ok
    },
    settled: async (fencing: Fencing, caller: Caller) => {
      await this.#drop(fencing, caller.nodeId)
      return ok
    },
    held: async (_input: unknown, caller: Caller): Promise<HeldLease[]> =>
      this.#of(caller.nodeId).map((task) => task.held),
    pause: async ({ now }: { now: boolean }, _caller: Caller) => {
      await this.#parts.worker.pause(now)
      return ok
    },
    resume: async (_input: unknown, _caller: Caller) => {
      await this.#parts.worker.resume()
      return ok
    }
  }

  /** A link came up: its other side learns at once what this worker can do. */
  linkUp(link: PeerLink): void {
    void this.#tellStatus(link)
  }

  /** A node was removed from the lab: nothing of it is worked on or kept. */
  async masterRemoved(nodeId: string): Promise<void> {
    await Promise.all(this.#of(nodeId).map((task) => task.drop()))
  }

  /** After the worker was closed: forgets what is left. */
  async close(): Promise<void> {
    this.#statusTimer.cancel()
    for (const beat of this.#beats.values()) beat.stop()
    await Promise.all([...this.#tasks.values()].map((task) => task.drop()))
  }

  async #onOffer(offer: TaskOffer, masterId: string): Promise<{ accepted: boolean; reason?: string }> {
    const key = `${masterId}/${offer.taskId}`
    if (offer.epoch <= (this.#newestEpoch.get(key) ?? Number.NEGATIVE_INFINITY))
      return { accepted: false, reason: 'The offer is older than what this computer knows of the task.' }
    try {
      const profile = checkedProfile(offer)
      if (!profile) return { accepted: false, reason: `${offer.profile.name} does not take ${offer.kind} files.` }
      if (offer.packed && entryNameFault(offer.packed.main))
        return { accepted: false, reason: 'The offer names its main file in a way that no system takes.' }
      return await this.#take(key, offer, profile, masterId)
    } catch (error) {
      this.#parts.log.warn('an offer could not be taken', { nodeId: masterId }, error)
      return { accepted: false, reason: toJobError(error).message }
    }
  }

  async #take(key: string, offer: TaskOffer, profile: Profile, masterId: string) {
    const { worker } = this.#parts
    const { kind, source } = offer
    const slot = worker.admit({ audience: 'lab', kind, profile: profile.name, sizeBytes: source.sizeBytes })
    if (typeof slot === 'string') return { accepted: false, reason: slot }
    this.#remember(key, offer.epoch)
    let scratchDir: string | undefined
    try {
      await this.#tasks.get(key)?.drop()
      scratchDir = await worker.scratch.open(offer)
      if (offer.packed) await mkdir(sourceDirIn(scratchDir))
      this.#add(
        key,
        new LabTask(this.#parts, { masterId, offer, profile, slot, scratchDir }, () => this.#moved(masterId))
      )
      return { accepted: true }
    } catch (error) {
      slot.release()
      if (scratchDir !== undefined) await worker.scratch.close(scratchDir)
      throw error
    }
  }

  #add(key: string, task: LabTask): void {
    this.#tasks.set(key, task)
    this.#beat(task.masterId)
    void task.gone.then(() => {
      if (this.#tasks.get(key) === task) this.#tasks.delete(key)
      this.#stopIdleBeat(task.masterId)
    })
  }

  #remember(key: string, epoch: number): void {
    this.#newestEpoch.delete(key)
    this.#newestEpoch.set(key, epoch)
    const [oldest] = this.#newestEpoch.keys()
    if (this.#newestEpoch.size > rememberedTasks && oldest !== undefined) this.#newestEpoch.delete(oldest)
  }

  async #drop({ taskId, epoch }: Fencing, masterId: string): Promise<void> {
    const task = this.#tasks.get(`${masterId}/${taskId}`)
    if (task && task.fencing.epoch <= epoch) await task.drop()
  }

  #of(masterId: string): LabTask[] {
    return [...this.#tasks.values()].filter((task) => task.masterId === masterId)
  }

  #beat(masterId: string): void {
    if (this.#beats.has(masterId)) return
    const { clock, links, log } = this.#parts
    const beat = new Beat(
      clock,
      () => links.get(masterId) !== undefined,
      () => this.#heartbeat(masterId),
      (error) => log.debug('a heartbeat did not arrive', { nodeId: masterId }, error)
    )
    this.#beats.set(masterId, beat)
  }

  #stopIdleBeat(masterId: string): void {
    if (this.#of(masterId).length > 0) return
    this.#beats.get(masterId)?.stop()
    this.#beats.delete(masterId)
  }

  #moved(masterId: string): void {
    this.#beats.get(masterId)?.moved()
  }

  async #heartbeat(masterId: string): Promise<void> {
    const link = this.#parts.links.get(masterId)
    if (!link) return
    const leases = this.#of(masterId).map(({ held: { taskId, epoch, progress } }) => ({ taskId, epoch, progress }))
    const { stale } = await link.client.heartbeat({ leases })
    await link.client.workerStatus(this.#parts.worker.status('lab'))
    for (const fencing of stale) {
      this.#parts.log.info('a task of the lab is no longer wanted', { nodeId: masterId, ...fencing })
      await this.#drop(fencing, masterId)
    }
  }

  async #giveBack(reason: string): Promise<void> {
    const told = new AbortController()
    const released = Promise.all([...this.#tasks.values()].map((task) => task.release(reason)))
    void released.then(() => told.abort())
    // A master that is away hears of it later; nobody waits for that here.
    await pause(this.#parts.clock, releaseWaitMs, told.signal)
  }

  #tellAll(): void {
    for (const link of this.#parts.links.all()) void this.#tellStatus(link)
  }

  async #tellStatus(link: PeerLink): Promise<void> {
    if (!link.compatible) return
    try {
      await link.client.workerStatus(this.#parts.worker.status('lab'))
    } catch (error) {
      this.#parts.log.debug('a status did not arrive', { nodeId: link.nodeId }, error)
    }
  }
}

/** Parsed here too: options come from another node. Undefined where profile and kind don't belong together. */
function checkedProfile({ kind, profile }: TaskOffer): Profile | undefined {
  const parsed = parseProfile(profile.name, profile.options)
  return profiles[parsed.name].kind === kind ? parsed : undefined
}
