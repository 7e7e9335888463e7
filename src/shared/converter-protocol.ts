import { z } from 'zod'
import { report, taskProgress } from './domain/jobs.ts'
import { kind, profile } from './domain/profiles.ts'
import { jobError } from './errors.ts'

/** Tools and budget that the engine gives a child; paths that are absent were not found. */
export const childTools = z.object({
  threads: z.number().int().min(1),
  ffmpegPath: z.string().optional(),
  ffprobePath: z.string().optional(),
  /** The OpenSlide library to load; absent: the usual names are tried. */
  openslidePath: z.string().optional()
})

/**
 * Where a result goes. Both write their files with the base name `result` (`result.dzi`, `result_files/…`, `result.json`,
 * `result.webp`): whoever commits it gives the real name, so a worker never needs it.
 * `folder`: into an existing empty folder. `blob`: one file at `path`; of a result of many files a stored zip, else the file itself.
 */
export const childOutput = z.discriminatedUnion('type', [
  z.object({ type: z.literal('folder'), dir: z.string() }),
  z.object({ type: z.literal('blob'), path: z.string() })
])

/**
 * How a child is started so that its memory stays small: of tiles that pass by in thousands V8 and glibc would keep
 * twice as much as is in use (345 MB against 175 for a slide of 527 megapixels).
 */
export const childStart = { nodeArgs: ['--max-semi-space-size=4'], env: { MALLOC_ARENA_MAX: '2' } } as const

/** Engine -> converter child, over Node's IPC channel. A child runs one request at a time and ends when the channel closes. */
export const toChild = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('convert'),
    id: z.string(),
    kind,
    profile,
    /** A file, or a folder that is one slide. */
    sourcePath: z.string(),
    /** Empty at the first start; as a killed child left it at the second. */
    scratchDir: z.string(),
    output: childOutput,
    tools: childTools
  }),
  /** Kind, format and dimensions by content; a JPEG thumbnail of at most 256 px where `thumbnailPath` is given. */
  z.object({
    type: z.literal('probe'),
    id: z.string(),
    sourcePath: z.string(),
    thumbnailPath: z.string().optional(),
    tools: childTools
  }),
  /** Makes the small synthetic slide of "Try it with a sample" at `path` (a tiled pyramidal TIFF, 0.5 µm per pixel). */
  z.object({ type: z.literal('sample'), id: z.string(), path: z.string(), tools: childTools }),
  /** Stops within 2 s, answers `failed` with code `cancelled`, leaves nothing in `output`. */
  z.object({ type: z.literal('cancel'), id: z.string() })
])
export type ToChild = z.infer<typeof toChild>

export const probed = z.object({
  kind,
  format: z.string(),
  widthPx: z.number().optional(),
  heightPx: z.number().optional(),
  durationS: z.number().optional(),
  /** Of a slide: micrometres per pixel, and the objective's magnification. */
  mpp: z.number().optional(),
  magnification: z.number().optional(),
  /** Of a slide that is one of several pictures in its source: which one, `first of 5 focal planes`. */
  chosen: z.string().optional(),
  /** Of a slide: sizes in which it holds its image, its own tile size, and whether its tiles can be copied as they are. */
  levels: z.number().int().optional(),
  tileSizePx: z.number().int().optional(),
  copyable: z.boolean().optional(),
  /**
   * Of a slide of several files: all of them, relative with `/` to the folder that holds the source (a file) or to the
   * source itself (a folder), the main file first.
   */
  parts: z.array(z.object({ path: z.string(), sizeBytes: z.number() })).optional(),
  hasThumbnail: z.boolean()
})
export type Probed = z.infer<typeof probed>

export const converted = z.object({
  /** `true` where `output.type` is `blob` and the blob is a stored zip of `files`. */
  packed: z.boolean(),
  /** Relative paths with `/`, without those of a pyramid's single tiles when there are more than 1,000. */
  files: z.array(z.object({ path: z.string(), sizeBytes: z.number() })),
  /** The file that people open: `result.dzi`, `result.szi`, `result.webp`, `result.mp4`. */
  primary: z.string(),
  totalBytes: z.number(),
  report
})
export type Converted = z.infer<typeof converted>

/** Converter child -> engine. `ready` once, then for each request any number of `progress` (at least 2/s) and `log`, and one end. */
export const fromChild = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('progress'), id: z.string(), progress: taskProgress }),
  z.object({ type: z.literal('log'), id: z.string(), level: z.enum(['debug', 'info', 'warn']), message: z.string() }),
  /** `rssBytes`: what the child holds in memory now that it is done; 0.1.0 did not say it. */
  z.object({ type: z.literal('converted'), id: z.string(), result: converted, rssBytes: z.number().optional() }),
  z.object({ type: z.literal('probed'), id: z.string(), result: probed }),
  z.object({ type: z.literal('sampled'), id: z.string() }),
  z.object({ type: z.literal('failed'), id: z.string(), error: jobError })
])
export type FromChild = z.infer<typeof fromChild>
