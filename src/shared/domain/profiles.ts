import { z } from 'zod'
import { MicrotomeError } from '../errors.ts'

/** What a file is by its content, and which converter takes it. */
export const kinds = ['slide', 'image', 'video'] as const
export const kind = z.enum(kinds)
export type Kind = z.infer<typeof kind>

const number = z.coerce.number().int()
const quality = (initial: number) => number.min(1).max(100).default(initial)

/** `--set` gives text, the page a boolean. */
const flag = (initial: boolean) =>
  z.union([z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')]).default(initial)

/** Keeps every level that is made above 36 dB on a real slide (docs/decisions/0015-copying-tiles.md); 90 gives 35.5. */
const slideQuality = 93

const slideOptions = z.strictObject({
  quality: quality(slideQuality).describe(
    'JPEG quality of tiles that are encoded, 1 to 100; copied tiles keep their own'
  ),
  tileSizePx: z
    .union([z.literal('source'), number.min(64).max(4096)])
    .default('source')
    .describe("Width and height of a tile in pixels, or `source`: the slide's own, so that its tiles can be copied"),
  overlapPx: number
    .min(0)
    .max(16)
    .default(0)
    .describe('Pixels that neighbouring tiles share; other than 0, no tile can be copied'),
  background: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/, 'a colour such as #ffffff')
    .optional()
    .describe("Colour of places that the slide holds no pixels for; the slide's own or white where not given"),
  color: z
    .enum(['keep', 'srgb'])
    .default('keep')
    .describe(
      '`keep` leaves colours and their ICC profile as they are, `srgb` converts them, so that no tile can be copied'
    ),
  deidentify: flag(true).describe(
    'Leave out label, macro and every word that could name a patient, an operator or a place'
  )
})
const imageOptions = (initialQuality: number) =>
  z.strictObject({
    maxWidthPx: number
      .min(1)
      .max(16383)
      .default(1024)
      .describe('The result fits into this width; it is never enlarged'),
    maxHeightPx: number
      .min(1)
      .max(16383)
      .default(1024)
      .describe('The result fits into this height; it is never enlarged'),
    quality: quality(initialQuality).describe('1 to 100; PNG is lossless and reads it as effort')
  })
const videoOptions = (initialCrf: number) =>
  z.strictObject({
    maxHeightPx: number.min(16).max(4320).optional().describe('Scaled down to this height; never enlarged'),
    crf: number.min(0).max(63).default(initialCrf).describe('Constant rate factor: lower is better and larger')
  })

/** Every built-in profile: the kind whose converter runs it, its options, what people read. */
export const profiles = {
  dzi: { kind: 'slide', title: 'Deep Zoom (folder)', options: slideOptions },
  szi: { kind: 'slide', title: 'Deep Zoom (one file, SZI)', options: slideOptions },
  bigtiff: { kind: 'slide', title: 'Pyramidal BigTIFF', options: slideOptions },
  iiif3: { kind: 'slide', title: 'IIIF Image 3 (folder)', options: slideOptions },
  zoomify: { kind: 'slide', title: 'Zoomify (folder)', options: slideOptions },
  webp: { kind: 'image', title: 'WebP', options: imageOptions(80) },
  jpeg: { kind: 'image', title: 'JPEG', options: imageOptions(85) },
  png: { kind: 'image', title: 'PNG', options: imageOptions(80) },
  h264: { kind: 'video', title: 'H.264 (MP4)', options: videoOptions(23) },
  h265: { kind: 'video', title: 'H.265 (MP4)', options: videoOptions(28) },
  vp9: { kind: 'video', title: 'VP9 (WebM)', options: videoOptions(32) },
  av1: { kind: 'video', title: 'AV1 (MP4)', options: videoOptions(35) }
} as const satisfies Record<string, { kind: Kind; title: string; options: z.ZodType }>

export const profileNames = Object.keys(profiles) as [ProfileName, ...ProfileName[]]
export type ProfileName = keyof typeof profiles
export const profileName = z.enum(profileNames)

/** A profile as a job carries it: its name and the options that {@link parseProfile} accepted. */
export const profile = z.object({ name: profileName, options: z.record(z.string(), z.unknown()) })
export type Profile = z.infer<typeof profile>

export type SlideOptions = z.infer<typeof slideOptions>
export type ImageOptions = z.infer<ReturnType<typeof imageOptions>>
export type VideoOptions = z.infer<ReturnType<typeof videoOptions>>

/** The converter that runs a profile. */
export function kindOfProfile(name: ProfileName): Kind {
  return profiles[name].kind
}

/** Kinds of content that a profile takes: a slide profile takes plain images too. */
export function acceptsKind(name: ProfileName, content: Kind): boolean {
  const own = kindOfProfile(name)
  return own === content || (own === 'slide' && content === 'image')
}

/**
 * Checks a profile's name and options (numbers may be strings, as `--set` gives them) and fills in the defaults.
 * Throws `unknown-profile` or `bad-option`, both of class `input`, with the value and what is allowed.
 */
export function parseProfile(name: string, options: Record<string, unknown> = {}): Profile {
  const known = profileName.safeParse(name)
  if (!known.success)
    throw new MicrotomeError({
      code: 'unknown-profile',
      class: 'input',
      message: `There is no profile "${name}".`,
      hint: `Use one of ${profileNames.join(', ')}.`
    })
  const parsed = profiles[known.data].options.safeParse(options)
  if (parsed.success) return { name: known.data, options: parsed.data }
  const issue = parsed.error.issues[0]
  const key = issue?.code === 'unrecognized_keys' ? issue.keys.join(', ') : (issue?.path.join('.') ?? '')
  throw new MicrotomeError({
    code: 'bad-option',
    class: 'input',
    message: `Option "${key}" = ${JSON.stringify(options[key])} does not fit profile ${name}: ${issue?.message ?? 'wrong value'}.`,
    hint: `${name} takes ${Object.keys(profiles[known.data].options.shape).join(', ')}.`
  })
}
