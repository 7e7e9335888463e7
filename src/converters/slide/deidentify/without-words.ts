import { type JpegSegment, jpegHeader, jpegSegments } from '../pixels/jpeg-header.ts'

const comment = 0xfe
const firstApp = 0xe0
const lastApp = 0xef
const startOfScan = 0xda
/** JFIF's density, an ICC profile, Adobe's colour transform: what viewers need and nobody writes words into. */
const harmless = new Map([
  [0xe0, 'JFIF\0'],
  [0xe2, 'ICC_PROFILE\0'],
  [0xee, 'Adobe']
])

/**
 * A JPEG without its comments and application data (EXIF, XMP, a scanner's notes), the pixels untouched; the very same
 * buffer where there are none. Looks at no more than the head, unless more scans than one can have words between them.
 */
export function withoutWords(jpeg: Buffer): Buffer {
  const kept: Buffer[] = []
  let from = 0
  const drop = (offset: number, lengthBytes: number) => {
    kept.push(jpeg.subarray(from, offset))
    from = offset + lengthBytes
  }
  for (const segment of jpegSegments(jpeg)) {
    const { code, offset, lengthBytes } = segment
    if (mayCarryWords(jpeg, segment)) drop(offset, lengthBytes)
    if (code === startOfScan && hasMoreScans(jpeg, offset)) dropBehindScans(jpeg, offset + lengthBytes, drop)
  }
  return from === 0 ? jpeg : Buffer.concat([...kept, jpeg.subarray(from)])
}

function mayCarryWords(jpeg: Buffer, { code, offset }: JpegSegment): boolean {
  if (code === comment) return true
  if (code < firstApp || code > lastApp) return false
  const name = harmless.get(code)
  return name === undefined || jpeg.toString('latin1', offset + 4, offset + 4 + name.length) !== name
}

/** A scan of fewer components than the frame has is followed by another. */
function hasMoreScans(jpeg: Buffer, scanOffset: number): boolean {
  const frame = jpegHeader(jpeg)
  return frame !== undefined && ((jpeg[scanOffset + 4] ?? 0) < frame.components || frame.process > 1)
}

/** In coded pixels 0xff is followed by 0 or a restart marker, so any other pair is a segment. */
function dropBehindScans(jpeg: Buffer, start: number, drop: (offset: number, lengthBytes: number) => void): void {
  let at = jpeg.indexOf(0xff, start)
  while (at >= 0 && at + 4 <= jpeg.length) {
    const code = jpeg[at + 1] ?? 0
    const isData = code === 0 || code === 0xff || (code >= 0xd0 && code <= 0xd9)
    const lengthBytes = isData ? 1 : 2 + jpeg.readUInt16BE(at + 2)
    if (!isData && mayCarryWords(jpeg, { code, offset: at, lengthBytes })) drop(at, lengthBytes)
    at = jpeg.indexOf(0xff, at + lengthBytes)
  }
}
