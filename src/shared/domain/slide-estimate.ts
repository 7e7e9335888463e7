import type { Profile } from './profiles.ts'

/** What a look at a slide says that bears on its result's size. */
export interface SlideToEstimate {
  widthPx: number
  heightPx: number
  /** Of the source's own tiles; absent where it has none. */
  tileSizePx?: number | undefined
  /** Its tiles are JPEGs that can be copied as they are. */
  copyable?: boolean | undefined
  /** Of all its parts. */
  sizeBytes: number
}

export interface SlideEstimate {
  levels: number
  /** Of all levels together. */
  tiles: number
  /** Of the whole result, roughly and rather too much. */
  sizeBytes: number
}

/** Tile size where the source has no tiles of its own and the profile names none. */
const usualTilePx = 256
/** A name and a place in a folder or an archive, and the JPEG's own head, per tile. */
const perTileBytes = 300

/**
 * Bytes per pixel of tissue by JPEG quality: the Aperio slide of the tests through sharp 0.35.5, a third added because glass
 * without tissue costs next to nothing and not every slide shows so much of it.
 */
const bytesPerPixel: readonly (readonly [quality: number, bytes: number])[] = [
  [1, 0.03],
  [10, 0.045],
  [50, 0.11],
  [75, 0.143],
  [90, 0.2],
  [95, 0.265],
  [100, 0.5]
]

/** How many levels and tiles a slide profile makes of a slide, and about how many bytes: shown and planned with before the start. */
export function estimateSlide(slide: SlideToEstimate, profile: Profile): SlideEstimate {
  const { tileSizePx, quality } = optionsOf(slide, profile)
  const sizes = levelSizes(slide, profile.name === 'dzi' || profile.name === 'szi' ? 1 : tileSizePx)
  const tiles = sum(sizes.map(([width, height]) => Math.ceil(width / tileSizePx) * Math.ceil(height / tileSizePx)))
  const [full = 0, ...lower] = sizes.map(([width, height]) => width * height)
  const encoded = bytesPerPixelAt(quality)
  const fullBytes = isCopied(slide, profile) ? slide.sizeBytes : full * encoded
  return { levels: sizes.length, tiles, sizeBytes: Math.ceil(fullBytes + sum(lower) * encoded + tiles * perTileBytes) }
}

/** Whether a slide's full level gets into the result without being decoded. */
export function isCopied(slide: Pick<SlideToEstimate, 'tileSizePx' | 'copyable'>, { options }: Profile): boolean {
  const { tileSizePx = 'source', overlapPx = 0, color = 'keep' } = options
  const sameTiles = tileSizePx === 'source' || tileSizePx === slide.tileSizePx
  return slide.copyable === true && sameTiles && overlapPx === 0 && color === 'keep'
}

function optionsOf(slide: SlideToEstimate, { options }: Profile): { tileSizePx: number; quality: number } {
  const { tileSizePx, quality } = options
  const own = slide.tileSizePx ?? usualTilePx
  return {
    tileSizePx: typeof tileSizePx === 'number' && tileSizePx > 0 ? tileSizePx : own,
    quality: typeof quality === 'number' ? quality : 90
  }
}

/** Each half the one before, rounded up, until both sides fit into `untilPx`. */
function levelSizes({ widthPx, heightPx }: SlideToEstimate, untilPx: number): [number, number][] {
  const sizes: [number, number][] = []
  for (let scale = 1; ; scale *= 2) {
    const [width, height] = [Math.ceil(widthPx / scale), Math.ceil(heightPx / scale)]
    sizes.push([width, height])
    if (!(width > untilPx || height > untilPx)) return sizes
  }
}

/** Straight between two measured qualities. */
function bytesPerPixelAt(quality: number): number {
  const above = bytesPerPixel.findIndex(([at]) => at >= quality)
  const [high, highBytes] = bytesPerPixel[above] ?? [100, 0.5]
  const [low, lowBytes] = bytesPerPixel[above - 1] ?? [high, highBytes]
  return high === low ? highBytes : lowBytes + ((highBytes - lowBytes) * (quality - low)) / (high - low)
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, one) => total + one, 0)
}
