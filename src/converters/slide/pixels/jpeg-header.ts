/** What a JPEG says of itself before its pixels (ITU T.81, B.2.2). */
export interface JpegHeader {
  widthPx: number
  heightPx: number
  components: number
  /** SOF marker's number: 0 baseline, 1 extended sequential, 2 progressive, ... */
  process: number
  /** Per sample. */
  bits: number
  /** Where the frame header's segment begins (its 0xff). */
  frameOffset: number
}

const marker = { soi: 0xd8, eoi: 0xd9, sos: 0xda, tem: 0x01 }
/** Tables, arithmetic conditioning and an extension have numbers amid those of the frame headers. */
const noFrame = new Set([0xc4, 0xc8, 0xcc])
/** DICOM fills up to an even length, some TIFF writers to a word. */
const mostPaddingBytes = 16

/** Size and number of components of a JPEG that is whole, from SOI to EOI; undefined for anything else. */
export function jpegSize(bytes: Buffer): { widthPx: number; heightPx: number; components: number } | undefined {
  return endsInEoi(bytes) ? jpegHeader(bytes) : undefined
}

/** Reads the frame header of a JPEG with or without tables; undefined if there is none before the pixels. */
export function jpegHeader(bytes: Buffer): JpegHeader | undefined {
  for (const { code, offset, lengthBytes } of jpegSegments(bytes)) {
    if (code < 0xc0 || code > 0xcf || noFrame.has(code)) continue
    if (lengthBytes < 10) return undefined
    return {
      widthPx: bytes.readUInt16BE(offset + 7),
      heightPx: bytes.readUInt16BE(offset + 5),
      components: bytes[offset + 9] ?? 0,
      process: code - 0xc0,
      bits: bytes[offset + 4] ?? 0,
      frameOffset: offset
    }
  }
  return undefined
}

/** A marker segment: `offset` is that of its 0xff, `lengthBytes` counts from there to the next segment. */
export interface JpegSegment {
  code: number
  offset: number
  lengthBytes: number
}

/** The segments between SOI and the first scan, which is the last that comes (its header only); none if it is no JPEG. */
export function* jpegSegments(bytes: Buffer): Generator<JpegSegment, void> {
  if (bytes[0] !== 0xff || bytes[1] !== marker.soi) return
  let offset = 2
  while (offset + 4 <= bytes.length && bytes[offset] === 0xff) {
    const code = bytes[offset + 1] ?? 0
    if (code === 0xff) {
      offset++
      continue
    }
    if (code === marker.eoi || code === marker.tem || (code >= 0xd0 && code <= marker.soi)) return
    const lengthBytes = 2 + bytes.readUInt16BE(offset + 2)
    if (lengthBytes < 4 || offset + lengthBytes > bytes.length) return
    yield { code, offset, lengthBytes }
    if (code === marker.sos) return
    offset += lengthBytes
  }
}

/** Whether the last bytes, those before `to`, are EOI, apart from a few zeros of padding. */
export function endsInEoi(bytes: Buffer, from = 0, to = bytes.length): boolean {
  let end = to
  while (end > from && bytes[end - 1] === 0 && to - end < mostPaddingBytes) end--
  return end >= from + 4 && bytes[end - 1] === marker.eoi && bytes[end - 2] === 0xff
}
