import { readFile, rename, stat, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { parseJson } from './parse-json.ts'
import type { Run } from './run.ts'
import type { ToolName } from './tool-candidates.ts'

const versionTimeoutMs = 10_000
const encodeTimeoutMs = 30_000

/** Encoders that the video profiles ask for. */
export const wantedEncoders = ['libx264', 'libx265', 'libvpx-vp9', 'libsvtav1', 'libaom-av1'] as const
export type Encoder = (typeof wantedEncoders)[number]

const inspection = z.object({
  mtimeMs: z.number(),
  sizeBytes: z.number(),
  version: z.string(),
  encoders: z.array(z.enum(wantedEncoders))
})
/** What a binary was found to be: it ran, and these encoders encoded. */
export type Inspection = z.infer<typeof inspection>
const inspections = z.record(z.string(), inspection)

/** Finds out what a binary is by running it, and remembers it in a file for as long as the binary stays the same. */
export class ToolInspector {
  readonly #run: Run
  readonly #cacheFile: string
  #known: Record<string, Inspection> = {}

  private constructor(run: Run, cacheFile: string) {
    this.#run = run
    this.#cacheFile = cacheFile
  }

  static async open(run: Run, cacheFile: string): Promise<ToolInspector> {
    const inspector = new ToolInspector(run, cacheFile)
    const text = await readFile(cacheFile, 'utf8').catch(() => '')
    inspector.#known = parseJson(text, inspections) ?? {}
    return inspector
  }

  /** What is remembered of the binary, if it is still the same. */
  known(path: string, binary: Fingerprint): Inspection | undefined {
    const known = this.#known[path]
    return known?.mtimeMs === binary.mtimeMs && known.sizeBytes === binary.sizeBytes ? known : undefined
  }

  /** Undefined where it did not run. */
  async inspect(tool: ToolName, path: string, binary: Fingerprint): Promise<Inspection | undefined> {
    const version = await this.#version(tool, path)
    if (version === undefined) return undefined
    const trials = tool === 'ffmpeg' ? await this.#tryEncoders(path) : []
    const encoders = trials.filter(({ outcome }) => outcome === 'works').map(({ encoder }) => encoder)
    const found = { ...binary, version, encoders }
    // What failed without saying that it is absent may work next time: that is not remembered.
    if (trials.every(({ outcome }) => outcome !== 'failed')) await this.#remember(path, found)
    return found
  }

  async #version(tool: ToolName, path: string): Promise<string | undefined> {
    const { code, stdout } = await this.#run(path, ['-version'], { timeoutMs: versionTimeoutMs })
    return code === 0 ? new RegExp(`^${tool} version (\\S+)`).exec(stdout)?.[1] : undefined
  }

  /** One after another: the machine has better things to do. */
  async #tryEncoders(path: string) {
    const trials: { encoder: Encoder; outcome: 'works' | 'absent' | 'failed' }[] = []
    for (const encoder of wantedEncoders) trials.push({ encoder, outcome: await this.#tryEncoder(path, encoder) })
    return trials
  }

  async #tryEncoder(path: string, encoder: Encoder): Promise<'works' | 'absent' | 'failed'> {
    const source = ['-f', 'lavfi', '-i', 'testsrc2=size=64x64:rate=5', '-frames:v', '2', '-pix_fmt', 'yuv420p']
    const args = ['-hide_banner', '-nostdin', '-v', 'error', ...source, '-c:v', encoder, '-f', 'null', '-']
    const { code, stderr } = await this.#run(path, args, { timeoutMs: encodeTimeoutMs })
    if (code === 0) return 'works'
    return /unknown encoder/i.test(stderr) ? 'absent' : 'failed'
  }

  async #remember(path: string, found: Inspection): Promise<void> {
    this.#known[path] = found
    const staged = `${this.#cacheFile}.tmp`
    try {
      await writeFile(staged, JSON.stringify(this.#known), { mode: 0o600 })
      await rename(staged, this.#cacheFile)
    } catch {
      // A full or read-only disk: the next start tries the encoders again, which costs a second and nothing else.
    }
  }
}

/** Tells a binary from the one that was at its path before. */
export interface Fingerprint {
  mtimeMs: number
  sizeBytes: number
}

/** Undefined where there is no such file. */
export function fingerprint(path: string): Promise<Fingerprint | undefined> {
  return stat(path).then(
    (found) => (found.isFile() ? { mtimeMs: found.mtimeMs, sizeBytes: found.size } : undefined),
    () => undefined
  )
}
