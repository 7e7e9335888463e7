/** What a profile takes of a segment's 65,535 bytes: without length, name, number and count (ICC.1:2022, B.4). */
const chunkBytes = 65_535 - 2 - 14
const name = Buffer.from('ICC_PROFILE\0', 'latin1')

/** Profiles up to this size go into each tile; above it they would soon be larger than the tile's picture. */
export const iccInTileMaxBytes = 16_384

/**
 * An encoded JPEG with the profile in APP2 segments behind SOI, APP0 and APP14, its pixels untouched. Throws a RangeError
 * for a profile above 16 MB, which JPEG has no room for.
 */
export function withIcc(jpeg: Buffer, icc: Buffer): Buffer {
  const count = Math.ceil(icc.length / chunkBytes)
  if (count > 255) throw new RangeError(`${icc.length} bytes of ICC profile do not fit into a JPEG`)
  const at = behindFirstSegments(jpeg)
  const segments = Array.from({ length: count }, (_, i) => {
    const chunk = icc.subarray(i * chunkBytes, (i + 1) * chunkBytes)
    const head = Buffer.from([0xff, 0xe2, 0, 0])
    head.writeUInt16BE(2 + name.length + 2 + chunk.length, 2)
    return [head, name, Buffer.from([i + 1, count]), chunk]
  })
  return Buffer.concat([jpeg.subarray(0, at), ...segments.flat(), jpeg.subarray(at)])
}

/** JFIF wants APP0 first and decoders look for Adobe's APP14 early, so the profile follows them. */
function behindFirstSegments(jpeg: Buffer): number {
  let at = 2
  while (at + 4 <= jpeg.length && jpeg[at] === 0xff && (jpeg[at + 1] === 0xe0 || jpeg[at + 1] === 0xee))
    at += 2 + jpeg.readUInt16BE(at + 2)
  return Math.min(at, jpeg.length)
}
