import { TileDamaged } from '../../source.ts'

/** What a codestream says of itself, as far as memory and layout depend on it. */
interface SizeSegment {
  widthPx: number
  heightPx: number
  internalTiles: number
  components: { bits: number; signed: boolean; xStep: number; yStep: number }[]
}

/** A codestream that is safe to hand to the decoder. */
export interface Codestream {
  bytes: Buffer
  widthPx: number
  heightPx: number
  components: 1 | 3
  /** Colour components of half width or height, which the decoder itself turns into RGB. */
  subsampled: boolean
}

/** Beyond this the decoder's tables for internal tiles alone would take hundreds of MB. */
const mostInternalTiles = 256
/** 2048 x 2048, more than slides have; what a decoding thread's memory holds. */
const mostPixels = 2 ** 22

const startOfCodestream = 0xff4fff51

/**
 * Finds the JPEG 2000 codestream (bare, or in the boxes of a JP2 file) and refuses what would cost more memory than a
 * tile may or what the decoder mishandles, before it sees any of it. Throws TileDamaged.
 */
export function openCodestream(bytes: Buffer): Codestream {
  const start = startOf(bytes)
  const size = readSize(bytes, start)
  const { widthPx, heightPx } = size
  if (widthPx * heightPx > mostPixels || widthPx < 1 || heightPx < 1)
    throw new TileDamaged(`its header claims ${widthPx} x ${heightPx} pixels`)
  if (size.internalTiles > mostInternalTiles)
    throw new TileDamaged(`its header claims ${size.internalTiles} tiles inside the tile`)
  const subsampled = chromaOf(size)
  return { bytes: bytes.subarray(start), widthPx, heightPx, components: size.components.length as 1 | 3, subsampled }
}

/** Boxes are a length, a name of four letters and what they hold (ISO/IEC 15444-1, Annex I). */
function startOf(bytes: Buffer): number {
  let at = 0
  while (at + 12 <= bytes.length) {
    if (bytes.readUInt32BE(at) === startOfCodestream) return at
    const isBox = at > 0 || bytes.toString('latin1', 4, 8) === 'jP  '
    const lengthBytes = bytes.readUInt32BE(at)
    if (!isBox) break
    if (bytes.toString('latin1', at + 4, at + 8) === 'jp2c') at += lengthBytes === 1 ? 16 : 8
    else if (lengthBytes < 8) break
    else at += lengthBytes
  }
  throw new TileDamaged('it holds no JPEG 2000 codestream')
}

/** The SIZ segment, which must come first (ISO/IEC 15444-1, A.5.1). */
function readSize(bytes: Buffer, start: number): SizeSegment {
  const fixedBytes = 42
  if (bytes.length < start + fixedBytes) throw new TileDamaged('its header is cut off')
  const word = (at: number) => bytes.readUInt32BE(start + at)
  const [widthPx, heightPx] = [word(8), word(12)]
  if (word(16) !== 0 || word(20) !== 0 || word(32) !== 0 || word(36) !== 0)
    throw new TileDamaged('its picture does not begin at the corner of its grid')
  const count = bytes.readUInt16BE(start + 40)
  if (count !== 1 && count !== 3) throw new TileDamaged(`it has ${count} components instead of 1 or 3`)
  if (bytes.length < start + fixedBytes + 3 * count) throw new TileDamaged('its header is cut off')
  const internalTiles = Math.ceil(widthPx / word(24)) * Math.ceil(heightPx / word(28))
  const components = Array.from({ length: count }, (_, i) => {
    const [depth = 0, xStep = 0, yStep = 0] = bytes.subarray(start + fixedBytes + 3 * i)
    return { bits: (depth & 0x7f) + 1, signed: depth > 0x7f, xStep, yStep }
  })
  return { widthPx, heightPx, internalTiles, components }
}

/** Whether colours are stored at half size; throws for layouts whose memory the decoder would read past the end. */
function chromaOf({ components }: SizeSegment): boolean {
  for (const { bits, signed } of components)
    if (bits !== 8 || signed) throw new TileDamaged(`its samples are ${signed ? 'signed, ' : ''}of ${bits} bits`)
  const steps = components.map(({ xStep, yStep }) => `${xStep}x${yStep}`).join(' ')
  if (steps === '1x1' || steps === '1x1 1x1 1x1') return false
  if (steps === '1x1 2x1 2x1' || steps === '1x1 2x2 2x2') return true
  throw new TileDamaged(`its components are sampled in steps of ${steps}`)
}
