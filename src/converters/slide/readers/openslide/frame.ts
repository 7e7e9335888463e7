import type { HandleLevel } from './slide-handle.ts'

/** The part of the scanned area that holds the slide, in pixels of level 0. */
export interface Bounds {
  xPx: number
  yPx: number
  widthPx: number
  heightPx: number
}

/** A level of the slide within its bounds. */
export interface FrameLevel {
  /** As OpenSlide counts. */
  level: number
  /** As OpenSlide divides by. */
  downsample: number
  /** The whole number that is meant: OpenSlide's quotient of rounded sizes misses it by a little. */
  nominalDownsample: number
  widthPx: number
  heightPx: number
  tilePx: number
}

/** What of a slide is converted: its bounds, in the levels that fit onto each other. */
export interface Frame {
  bounds: Bounds
  /** `#rrggbb`. */
  background: string
  levels: FrameLevel[]
}

type Properties = ReadonlyMap<string, string>

/** Lays the slide out; `levels` as OpenSlide gives them, at least one. */
export function frameOf(levels: readonly HandleLevel[], properties: Properties): Frame {
  const [full] = levels
  if (!full) throw new RangeError('a slide without levels')
  const bounds = boundsOf(full, properties)
  const fitting = levels.flatMap((level, index) => {
    return levelWithin(bounds, full, level, index, tilePxOf(properties, index)) ?? []
  })
  return { bounds, background: backgroundOf(properties), levels: fitting.filter(isSmallerThanBefore) }
}

/** Bounds that lie outside of the level are a lie: then it is the whole level. */
function boundsOf({ widthPx, heightPx }: HandleLevel, properties: Properties): Bounds {
  const [x = -1, y = -1, width = 0, height = 0] = ['x', 'y', 'width', 'height'].map((side) =>
    Number(properties.get(`openslide.bounds-${side}`) ?? Number.NaN)
  )
  const whole = [x, y, width, height].every(Number.isSafeInteger)
  const inside = x >= 0 && y >= 0 && width > 0 && height > 0 && x + width <= widthPx && y + height <= heightPx
  return whole && inside ? { xPx: x, yPx: y, widthPx: width, heightPx: height } : { xPx: 0, yPx: 0, widthPx, heightPx }
}

/** Undefined for a level that isn't the full one in smaller: sides must agree within a pixel of rounding. */
function levelWithin(
  bounds: Bounds,
  full: HandleLevel,
  { widthPx, heightPx, downsample }: HandleLevel,
  level: number,
  tilePx: number
): FrameLevel | undefined {
  const nominal = nominalOf(downsample, Math.max(widthPx, heightPx))
  const agrees = (length: number, fullLength: number) => Math.abs(length - fullLength / nominal) <= 1
  if (!(downsample >= 1) || !agrees(widthPx, full.widthPx) || !agrees(heightPx, full.heightPx)) return undefined
  const isWhole = bounds.widthPx === full.widthPx && bounds.heightPx === full.heightPx
  const size = isWhole
    ? { widthPx, heightPx }
    : { widthPx: Math.ceil(bounds.widthPx / nominal), heightPx: Math.ceil(bounds.heightPx / nominal) }
  return { level, downsample, nominalDownsample: nominal, ...size, tilePx }
}

/** The whole number beside a downsample that drifts from it by less than a pixel over the whole level. */
function nominalOf(downsample: number, longestPx: number): number {
  const whole = Math.round(downsample)
  return Math.abs(downsample / whole - 1) * longestPx < 1 ? whole : downsample
}

function isSmallerThanBefore({ widthPx, heightPx }: FrameLevel, index: number, levels: FrameLevel[]): boolean {
  const before = levels[index - 1]
  return before === undefined || (widthPx < before.widthPx && heightPx <= before.heightPx)
}

/** 256 where the file's own tiles are that small; else 512, so that strips and overlapping photos are decoded less often. */
function tilePxOf(properties: Properties, level: number): 256 | 512 {
  const [width, height] = ['width', 'height'].map((side) =>
    Number(properties.get(`openslide.level[${level}].tile-${side}`) ?? Number.NaN)
  )
  const isSmall = (length = Number.NaN) => length >= 64 && length <= 256
  return isSmall(width) && isSmall(height) ? 256 : 512
}

function backgroundOf(properties: Properties): string {
  const told = properties.get('openslide.background-color') ?? ''
  return /^[0-9a-f]{6}$/i.test(told) ? `#${told.toLowerCase()}` : '#ffffff'
}

/**
 * Where a tile of a level begins in level 0. The scanner's pixels are hit exactly where the bounds are whole pixels of
 * the level; else OpenSlide interpolates, and the place is right to half a pixel of level 0.
 */
export function tileOrigin({ bounds }: Frame, level: FrameLevel, column: number, row: number) {
  const { downsample, nominalDownsample, tilePx } = level
  const along = (startPx: number, index: number) =>
    Math.round((startPx / nominalDownsample + index * tilePx) * downsample)
  return { xPx: along(bounds.xPx, column), yPx: along(bounds.yPx, row) }
}
