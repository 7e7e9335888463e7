import { jpegSegments } from '../../pixels/jpeg-header.ts'
import type { JpegTiles } from '../../source.ts'

const startOfImage = Buffer.from([0xff, 0xd8])
const endOfImage = Buffer.from([0xff, 0xd9])
const startOfScan = 0xda
const noJpeg = Buffer.alloc(0)
/** APP0 to APP15 and comments: of no use to a decoder that knows the colours, and they may carry words. */
const isRemark = (code: number) => (code >= 0xe0 && code <= 0xef) || code === 0xfe

/** Adobe's APP14 (version 100, no flags), which tells every decoder what the components are: 0 as they stand, 1 YCbCr. */
const adobe = (transform: 0 | 1) =>
  Buffer.from([0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, transform])

/** How the streams of a page's tiles are to be read. */
export interface TileStreams {
  /** TIFF's JPEGTables. */
  tables?: Buffer
  /** Photometric says red, green and blue. libtiff and OpenSlide believe it and never the stream; so do we. */
  rgb: boolean
  /** Component ids of a tile, where one was seen. */
  componentIds?: readonly number[]
}

/**
 * Makes whole JPEGs of the tiles of a page: its tables and the markers for its colours in front of each. What is no JPEG
 * with a scan becomes an empty buffer.
 */
export function jpegTiles({ tables, rgb, componentIds = [] }: TileStreams): JpegTiles {
  // Decoders take three components as YCbCr unless these ids or a marker say otherwise.
  const looksRgb = String.fromCharCode(...componentIds) === 'RGB'
  const marker = rgb ? adobe(0) : looksRgb ? adobe(1) : undefined
  const front = Buffer.concat([startOfImage, ...(marker ? [marker] : []), ...(tables ? segmentsOf(tables) : [])])
  return { ...(tables && { tables }), rgb, complete: (bytes) => complete(bytes, front) }
}

/** Every segment of a stream of tables that is one of tables. */
function segmentsOf(tables: Buffer): Buffer[] {
  const kept: Buffer[] = []
  for (const { code, offset, lengthBytes } of jpegSegments(tables))
    if (!isRemark(code)) kept.push(tables.subarray(offset, offset + lengthBytes))
  return kept
}

function complete(bytes: Buffer, front: Buffer): Buffer {
  const parts = [front]
  let kept = startOfImage.length
  let hasScan = false
  for (const { code, offset, lengthBytes } of jpegSegments(bytes)) {
    hasScan = code === startOfScan
    if (!isRemark(code)) continue
    parts.push(bytes.subarray(kept, offset))
    kept = offset + lengthBytes
  }
  if (!hasScan) return noJpeg
  // What lies behind the end of the image is no part of it: writers pad, and anything may hide there.
  const end = bytes.lastIndexOf(endOfImage) + endOfImage.length
  parts.push(bytes.subarray(kept, end > kept ? end : bytes.length))
  return Buffer.concat(parts)
}
