import openJpeg from '@cornerstonejs/codec-openjpeg/wasmjs'

const encoderModule = openJpeg({ print: () => {}, printErr: () => {} })

/** Interleaved 8-bit samples, and how to make a codestream of them. */
export interface EncodeWish {
  samples: Uint8Array
  widthPx: number
  heightPx: number
  components?: 1 | 3
  /** Absent: lossless. */
  compressionRatio?: number
  decompositions?: number
}

/** A JPEG 2000 codestream; of three components with the transform to YCbCr that the standard knows, undone by decoders. */
export async function encodeJp2({
  samples,
  widthPx,
  heightPx,
  components = 3,
  compressionRatio,
  decompositions = 5
}: EncodeWish): Promise<Buffer> {
  const encoder = new (await encoderModule).J2KEncoder()
  const frame = { width: widthPx, height: heightPx, bitsPerSample: 8, componentCount: components, isSigned: false }
  encoder.getDecodedBuffer(frame).set(samples)
  encoder.setQuality(compressionRatio === undefined, 1)
  encoder.setCompressionRatio(0, compressionRatio ?? 0)
  encoder.setDecompositions(decompositions)
  encoder.setProgressionOrder(0)
  encoder.encode()
  const bytes = Buffer.from(encoder.getEncodedBuffer())
  encoder.delete()
  return bytes
}

/** The same stream without a word of its transform to YCbCr, as Aperio's scanners write it (TIFF compression 33003). */
export function withoutTransform(codestream: Buffer): Buffer {
  const bytes = Buffer.from(codestream)
  // COD: marker, length, style, progression, layers (2 bytes), then the transform (ISO/IEC 15444-1, A.6.1).
  bytes[segmentAt(bytes, 0xff52) + 8] = 0
  return bytes
}

/** Lossless Y, Cb and Cr with half the columns (4:2:2): three streams of one packet each, put into one. */
export async function encode422(y: Uint8Array, cb: Uint8Array, cr: Uint8Array, widthPx: number, heightPx: number) {
  const plane = (samples: Uint8Array, planeWidthPx: number) =>
    encodeJp2({ samples, widthPx: planeWidthPx, heightPx, components: 1, decompositions: 0 })
  const planes = await Promise.all([plane(y, widthPx), plane(cb, widthPx / 2), plane(cr, widthPx / 2)])
  const [first] = planes as [Buffer, Buffer, Buffer]
  const size = sizeSegment(widthPx, heightPx, ['1x1', '2x1', '2x1'])
  const sizeEnd = 4 + first.readUInt16BE(4)
  const tileAt = segmentAt(first, 0xff90)
  const packets = planes.map((bytes) => bytes.subarray(segmentAt(bytes, 0xff93) + 2, bytes.length - 2))
  const tileHead = Buffer.from(first.subarray(tileAt, tileAt + 12))
  const lengthBytes = packets.reduce((sum, packet) => sum + packet.length, 14)
  tileHead.writeUInt32BE(lengthBytes, 6)
  const start = Buffer.from([0xff, 0x4f])
  const mainHead = first.subarray(sizeEnd, tileAt)
  return Buffer.concat([
    start,
    size,
    mainHead,
    tileHead,
    Buffer.from([0xff, 0x93]),
    ...packets,
    Buffer.from([0xff, 0xd9])
  ])
}

/** A SIZ segment with its marker; steps such as `2x1`. */
export function sizeSegment(widthPx: number, heightPx: number, steps: string[], depth = 7): Buffer {
  const bytes = Buffer.alloc(40 + 3 * steps.length)
  bytes.writeUInt16BE(0xff51, 0)
  bytes.writeUInt16BE(bytes.length - 2, 2)
  for (const [at, value] of [widthPx, heightPx, 0, 0, widthPx, heightPx].entries())
    bytes.writeUInt32BE(value, 6 + 4 * at)
  bytes.writeUInt16BE(steps.length, 38)
  for (const [i, step] of steps.entries()) bytes.set([depth, ...step.split('x').map(Number)], 40 + 3 * i)
  return bytes
}

/** Where the first segment of this marker begins. */
function segmentAt(bytes: Buffer, marker: number): number {
  for (let at = 2; ; at += 2 + bytes.readUInt16BE(at + 2)) if (bytes.readUInt16BE(at) === marker) return at
}
