import type { z } from 'zod'
import type { Converted, childOutput, childTools, Probed } from '../shared/converter-protocol.ts'
import type { Report, Speed } from '../shared/domain/jobs.ts'
import type { Profile } from '../shared/domain/profiles.ts'

/** Tools and thread budget, as the engine gives them. */
export type Tools = z.infer<typeof childTools>

/** Where the engine wants a result. */
export type Output = z.infer<typeof childOutput>

/** The file at hand. Its name may carry a patient's words: it goes to log level debug at most. */
export interface SourceFile {
  path: string
  /** 0 for a folder. */
  sizeBytes: number
  /** A folder that is one slide. */
  isFolder?: boolean
}

/** Work done in the unit that a speed counts per second (Mpx, s of video, MB), and how much there is in all. */
export interface Work {
  done: number
  total: number
  unit: Speed['unit']
}

/** Where a converter says how far it is: `fraction` 0..1 of its own work; may be called at any rate. */
export type ReportProgress = (fraction: number, details?: { work?: Work }) => void

/** A line for the job's log; names and paths at `debug` only. */
export type Log = (level: 'debug' | 'info' | 'warn', message: string) => void

/** What a look at a file needs. Aborted `signal`: stop within 2 s and throw. */
export interface ProbeContext {
  tools: Tools
  signal: AbortSignal
  log: Log
}

/** What a conversion needs besides. */
export interface ConvertContext extends ProbeContext {
  /** Own folder for intermediate files; may hold what a killed run left. */
  scratchDir: string
  /** Existing folder that takes the files of the result, named `result…`. */
  resultDir: string
  /** Where the engine wants the result; a converter that writes there itself says so by `delivered`. */
  output: Output
  /** A killed run of the very same task may have left files in `resultDir`, `scratchDir` and `output`; else there are none. */
  resume: boolean
  progress: ReportProgress
}

/** One piece of a conversion that one child runs. `part` counts from 0. */
export interface Task<Content> {
  source: SourceFile
  content: Content
  profile: Profile
  part: number
  parts: number
}

/** What a conversion left in `resultDir`: the file that people open, relative, and what there is to say of it. */
export interface Produced {
  primary: string
  report: Report
  /** The result lies at `output` already, packed. */
  delivered?: Pick<Converted, 'packed' | 'files' | 'totalBytes'>
}

/** A plug-in for one kind of input; `Content` is what its look at a file found. Every method throws MicrotomeErrors. */
export interface Converter<Content> {
  /** Share of the whole time that `verify` takes, 0..1. */
  readonly verifyShare: number
  /** What the engine is told of a file, without its thumbnail. */
  describe(content: Content): Omit<Probed, 'hasThumbnail'>
  /** Writes a JPEG of at most 256 px a side; false where none can be made quickly. */
  thumbnail(source: SourceFile, content: Content, path: string, context: ProbeContext): Promise<boolean>
  plan(source: SourceFile, content: Content, profile: Profile): Task<Content>[]
  convert(task: Task<Content>, context: ConvertContext): Promise<Produced>
  /** Puts the pieces of all tasks of a plan together. */
  join(pieces: Produced[], context: ConvertContext): Promise<Produced>
  /** Opens what was written and throws `verify-failed` if it is not what the task asked for. */
  verify(task: Task<Content>, produced: Produced, context: ConvertContext): Promise<void>
}
