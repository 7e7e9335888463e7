import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { AtEnd } from '../node-process-core.ts'
import type { Answer, DispatchFace, ShownJob } from './dispatch-face.ts'
import { download, transcode } from './transcode.ts'

/** How an engine is and behaves. */
export interface EngineTraits {
  /** Takes as long for a film as it lasts. */
  slow?: boolean
  /** Names itself when it completes a job; deployed ones don't. */
  signs?: boolean
}

const pollMs = 50
const heartbeatMs = 200

/**
 * An engine as deployed ones are: its first heartbeat says everything, the later ones only its id and always "idle"; it asks for
 * work with its id alone, downloads the source, runs ffmpeg, uploads the result to a storage of its own and says where it is. It
 * reads no answer but that of `/assign_job/`, and goes on through any failure of the network.
 */
export class OutsideEngine {
  readonly id: string
  readonly #face: DispatchFace
  readonly #storageUrl: string
  readonly #traits: EngineTraits
  readonly #end = new AbortController()
  readonly #loops: Promise<unknown>[] = []
  #dir = ''
  #muted = false
  /** Jobs that it was given, in order. */
  readonly given: ShownJob[] = []
  /** What it was told when it said that a job is complete, by job. */
  readonly told = new Map<string, Answer>()

  /** `storageUrl`: folder that results are PUT into. */
  constructor(face: DispatchFace, id: string, storageUrl: string, traits: EngineTraits = {}) {
    this.#face = face
    this.id = id
    this.#storageUrl = storageUrl
    this.#traits = traits
  }

  /** Registers and begins to poll; dies with the test. */
  async start(atEnd: AtEnd): Promise<this> {
    this.#dir = await mkdtemp(join(tmpdir(), 'outside-engine-'))
    atEnd(async () => {
      await this.die()
      await rm(this.#dir, { recursive: true, force: true })
    })
    await this.register()
    this.#loops.push(this.#every(heartbeatMs, () => this.#beat()))
    this.#loops.push(this.#every(pollMs, () => this.#work()))
    return this
  }

  /** The first heartbeat of a real engine. */
  register(): Promise<Answer> {
    return this.#face.heartbeat(this.id, {
      engine_type: 'transcoder',
      supported_codecs: ['h264', 'h265', 'vp9'],
      storage_capacity_gb: 500,
      streaming_support: false,
      hostname: this.id,
      benchmark_time: 100,
      local_job_queue: []
    })
  }

  /** Goes on working but is not heard any more, as behind a network that broke; until {@link unmute}. */
  mute(): void {
    this.#muted = true
  }

  unmute(): void {
    this.#muted = false
  }

  /** Ends at once, in the middle of whatever it does, without a word. */
  async die(): Promise<void> {
    this.#end.abort()
    await Promise.allSettled(this.#loops)
  }

  async #every(intervalMs: number, work: () => Promise<void>): Promise<void> {
    while (!this.#end.signal.aborted) {
      if (!this.#muted) await work().catch(() => {})
      await pause(intervalMs, undefined, { signal: this.#end.signal }).catch(() => {})
    }
  }

  async #beat(): Promise<void> {
    await this.#face.heartbeat(this.id, { engine_type: 'transcoder', hostname: this.id, local_job_queue: [] })
  }

  async #work(): Promise<void> {
    const job = await this.#face.assign(this.id)
    if (!job) return
    this.given.push(job)
    try {
      const outputUrl = await this.#run(job)
      await this.#heard()
      this.told.set(job.job_id, await this.#complete(job.job_id, outputUrl))
    } catch (error) {
      if (!this.#end.signal.aborted) await this.#face.fail(job.job_id, String(error))
    }
  }

  /** Again and again while nobody is there to hear it: the work is done. */
  async #complete(jobId: string, outputUrl: string): Promise<Answer> {
    const signature = this.#traits.signs ? { engine_id: this.id } : {}
    for (;;) {
      try {
        return await this.#face.call('POST', `/jobs/${jobId}/complete`, { output_url: outputUrl, ...signature })
      } catch {
        await pause(pollMs, undefined, { signal: this.#end.signal })
      }
    }
  }

  async #run({ job_id, source_url = '', target_codec = '' }: ShownJob): Promise<string> {
    const { signal } = this.#end
    const [from, to] = [join(this.#dir, `${job_id}.source`), join(this.#dir, `${job_id}.mp4`)]
    await download(source_url, from, signal)
    await this.#face.call('POST', `/jobs/${job_id}/progress`, { progress: 10, message: 'downloaded' })
    await transcode({ from, to }, target_codec, { atRealTime: this.#traits.slow ?? false, signal })
    const outputUrl = `${this.#storageUrl}/${job_id}.mp4`
    await fetch(outputUrl, { method: 'PUT', body: await readFile(to), signal })
    return outputUrl
  }

  /** Until it is not muted (any more). */
  async #heard(): Promise<void> {
    while (this.#muted) await pause(pollMs, undefined, { signal: this.#end.signal })
  }
}
