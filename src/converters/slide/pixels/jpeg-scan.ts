import { jpegHeader, jpegSegments } from './jpeg-header.ts'

/** Most pairs of bytes that are looked at, all over the scan: a microsecond a tile. Scanners' tiles have few more. */
const mostPairs = 64
const startOfScan = 0xda
/** EOI may have padding behind it. */
const tailBytes = 32

/**
 * Whether the coded pixels of a JPEG look like such: in them 0xff is followed by 0 or a restart marker, which chance gives
 * once in 28 times. Of noise over a thousand bytes it misses 2 %, of noise over a disk's sector 15 %, and zeros always; nothing is
 * decoded, and tables may lie elsewhere.
 */
export function scanLooksSound(jpeg: Buffer): boolean {
  const start = scanStart(jpeg)
  return start === undefined || scanLooksSoundFrom(start, jpeg)
}

/** The same for a scan that begins at `start`, of a JPEG that ends at `to`. */
export function scanLooksSoundFrom(start: number, jpeg: Buffer, to = jpeg.length): boolean {
  const end = Math.max(start, to - tailBytes)
  const step = Math.max(1, Math.floor((end - start) / mostPairs))
  for (let at = jpeg.indexOf(0xff, start); at >= 0 && at + 1 < end; at = jpeg.indexOf(0xff, at + step)) {
    const next = jpeg[at + 1] ?? 0
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return false
  }
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
