import { jpegHeader, jpegSegments } from './jpeg-header.ts'

/** Places of a scan that are looked at, and pairs of bytes at each: a few microseconds a tile. */
const places = 4
const pairsAtEach = 3
const startOfScan = 0xda
/** EOI may have padding behind it. */
const tailBytes = 32

/**
 * Whether the coded pixels of a JPEG look like such: in them 0xff is followed by 0 or a restart marker, which chance gives
 * once in 28 times. It finds what overwrote a quarter of a tile or more, without decoding it; tables may lie elsewhere.
 */
export function scanLooksSound(jpeg: Buffer): boolean {
  const start = scanStart(jpeg)
  return start === undefined || scanLooksSoundFrom(start, jpeg)
}

/** The same for a scan that begins at `start`, of a JPEG that ends at `to`. */
export function scanLooksSoundFrom(start: number, jpeg: Buffer, to = jpeg.length): boolean {
  const end = Math.max(start, to - tailBytes)
  for (let place = 0; place < places; place++)
    if (!isSoundFrom(jpeg, start + Math.floor(((end - start) * place) / places), end)) return false
  return true
}

/** Where the only scan begins; undefined where there are several, with segments between them, or none. */
export function scanStart(jpeg: Buffer): number | undefined {
  const head = jpegHeader(jpeg)
  for (const { code, offset, lengthBytes } of jpegSegments(jpeg))
    if (code === startOfScan)
      return head && head.process <= 1 && jpeg[offset + 4] === head.components ? offset + lengthBytes : undefined
  return undefined
}

function isSoundFrom(jpeg: Buffer, start: number, end: number): boolean {
  let at = jpeg.indexOf(0xff, start)
  for (let pair = 0; pair < pairsAtEach && at >= 0 && at + 1 < end; pair++) {
    const next = jpeg[at + 1] ?? 0
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return false
    at = jpeg.indexOf(0xff, at + 1)
  }
  return true
}
