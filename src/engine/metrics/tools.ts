import { isDeepStrictEqual } from 'node:util'
import type { Settings } from '../../shared/settings.ts'
import { describeTools, type Found, profilesWithoutVideo, type Tools } from './describe-tools.ts'
import type { Run } from './run.ts'
import { type Candidate, type ToolName, toolCandidates } from './tool-candidates.ts'
import { fingerprint, ToolInspector } from './tool-inspection.ts'

export type ToolSettings = Pick<Settings, 'ffmpegPath' | 'ffprobePath'>

export interface ToolsOptions {
  run: Run
  platform: NodeJS.Platform
  environment: Record<string, string | undefined>
  settings: ToolSettings
  /** Remembers what was found out, such as `<data>/tools.json`. */
  cacheFile: string
  /** What {@link ffmpegStaticPath} says. */
  packaged: string | undefined
}

/** Knows the tools of video; looks again when asked. */
export interface ToolsMonitor {
  current(): Tools
  /** Looks again, with other settings if given; `fresh` also runs what is remembered. Searches follow each other. */
  search(change?: { settings?: ToolSettings; fresh?: boolean }): Promise<Tools>
  /** The search that is under way or was last. */
  settled(): Promise<Tools>
  /** Called after a search that found something else than the one before; must not throw. */
  onChange(listener: (tools: Tools) => void): () => void
}

/** Answers at once where everything is remembered from an earlier start; else searches in the background. */
export async function openTools(options: ToolsOptions): Promise<ToolsMonitor> {
  const inspector = await ToolInspector.open(options.run, options.cacheFile)
  const monitor = new SearchingTools(options, inspector)
  await monitor.start()
  return monitor
}

/** `remembered` runs nothing; `fresh` runs everything. */
type Effort = 'remembered' | 'normal' | 'fresh'

class SearchingTools implements ToolsMonitor {
  readonly #options: ToolsOptions
  readonly #inspector: ToolInspector
  readonly #listeners = new Set<(tools: Tools) => void>()
  #settings: ToolSettings
  #current: Tools = { encoders: [], profiles: profilesWithoutVideo, hint: 'ffmpeg is being looked for.' }
  #settled: Promise<Tools>

  constructor(options: ToolsOptions, inspector: ToolInspector) {
    this.#options = options
    this.#inspector = inspector
    this.#settings = options.settings
    this.#settled = Promise.resolve(this.#current)
  }

  current = () => this.#current
  settled = () => this.#settled

  async start(): Promise<void> {
    const remembered = await this.#search('remembered')
    if (remembered === undefined) void this.search()
    else this.#current = remembered
    if (remembered !== undefined) this.#settled = Promise.resolve(remembered)
  }

  search(change: { settings?: ToolSettings; fresh?: boolean } = {}): Promise<Tools> {
    this.#settled = this.#settled.then(async () => {
      this.#settings = change.settings ?? this.#settings
      this.#take((await this.#search(change.fresh ? 'fresh' : 'normal')) ?? this.#current)
      return this.#current
    })
    return this.#settled
  }

  onChange(listener: (tools: Tools) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  #take(tools: Tools): void {
    if (isDeepStrictEqual(tools, this.#current)) return
    this.#current = tools
    for (const listener of this.#listeners) listener(tools)
  }

  async #search(effort: Effort): Promise<Tools | undefined> {
    const failed: Candidate[] = []
    const ffmpeg = await this.#locate('ffmpeg', effort, failed)
    if (ffmpeg === 'must-run') return undefined
    const ffprobe = await this.#locate('ffprobe', effort, failed, ffmpeg?.path)
    return ffprobe === 'must-run' ? undefined : describeTools(ffmpeg, ffprobe, failed, this.#options.platform)
  }

  async #locate(tool: ToolName, effort: Effort, failed: Candidate[], beside?: string) {
    for (const candidate of this.#candidates(tool, beside)) {
      const inspection = await this.#inspect(tool, candidate.path, effort)
      if (inspection === 'must-run') return inspection
      if (inspection) return { path: candidate.path, inspection } satisfies Found
      failed.push(candidate)
    }
    return undefined
  }

  async #inspect(tool: ToolName, path: string, effort: Effort) {
    const binary = await fingerprint(path)
    if (binary === undefined) return undefined
    const remembered = effort === 'fresh' ? undefined : this.#inspector.known(path, binary)
    if (remembered !== undefined) return remembered
    return effort === 'remembered' ? 'must-run' : this.#inspector.inspect(tool, path, binary)
  }

  #candidates(tool: ToolName, beside?: string): Candidate[] {
    const { platform, environment, packaged } = this.#options
    const setting = this.#settings[`${tool}Path`]
    const own = tool === 'ffmpeg' ? packaged : undefined
    return toolCandidates(tool, { platform, environment, setting, packaged: own, beside })
  }
}
