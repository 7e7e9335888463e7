import { type JpegSegment, jpegHeader, jpegSegments } from './jpeg-header.ts'

const code = { huffman: 0xc4, scan: 0xda, quantisation: 0xdb }
const acClass = 0x10

/**
 * Whether a sequential JPEG of one scan brings every table that it uses (ITU T.81, B.2): a decoder that is used again still has
 * those of the JPEG before, and would make a picture with them. False for any other JPEG.
 */
export function bringsItsTables(jpeg: Buffer): boolean {
  const head = jpegHeader(jpeg)
  if (!head || head.process > 1) return false
  const [brought, used] = [new Set<string>(), new Set<string>()]
  for (let i = 0; i < head.components; i++) used.add(`quantisation ${jpeg[head.frameOffset + 12 + 3 * i]}`)
  for (const segment of jpegSegments(jpeg)) {
    if (segment.code === code.quantisation)
      for (const id of quantisationIds(jpeg, segment)) brought.add(`quantisation ${id}`)
    if (segment.code === code.huffman) for (const id of huffmanIds(jpeg, segment)) brought.add(`huffman ${id}`)
    if (segment.code !== code.scan) continue
    if (jpeg[segment.offset + 4] !== head.components) return false
    for (let i = 0; i < head.components; i++) {
      const ids = jpeg[segment.offset + 6 + 2 * i] ?? 0
      used.add(`huffman ${ids >> 4}`).add(`huffman ${acClass | (ids & 15)}`)
    }
    return [...used].every((table) => brought.has(table))
  }
  return false
}

function* quantisationIds(jpeg: Buffer, { offset, lengthBytes }: JpegSegment): Generator<number, void> {
  for (let at = offset + 4; at < offset + lengthBytes; ) {
    const [bits, id] = [(jpeg[at] ?? 0) >> 4, (jpeg[at] ?? 0) & 15]
    yield id
    at += 1 + 64 * (bits + 1)
  }
}

function* huffmanIds(jpeg: Buffer, { offset, lengthBytes }: JpegSegment): Generator<number, void> {
  for (let at = offset + 4; at < offset + lengthBytes; ) {
    yield jpeg[at] ?? 0
    at += 17 + jpeg.subarray(at + 1, at + 17).reduce((sum, count) => sum + count, 0)
  }
}
