import { type JpegSegment, jpegSegments } from '../../pixels/jpeg-header.ts'

/** How the JPEG tiles of one page are coded; TIFF wants all tiles of a page alike. */
export interface PageColour {
  /** TIFF's PhotometricInterpretation: 1 grey, 2 red, green and blue as they stand, 6 YCbCr. */
  photometric: 1 | 2 | 6
  /** Of the first component against the others, across and down. */
  samplingX: number
  samplingY: number
  /** The quantisation and Huffman tables that tiles need not carry: segments without SOI and EOI. */
  tables: Buffer
}

/** A tile taken apart: what it is, and its bytes without tables that its page has and without any words. */
export interface TileStream {
  widthPx: number
  heightPx: number
  colour: PageColour
  /** Pieces that follow each other; `sizeBytes` together. */
  parts(sharedTables: Buffer | undefined): Buffer[]
}

const marker = {
  sof0: 0xc0,
  dht: 0xc4,
  dqt: 0xdb,
  app0: 0xe0,
  app14: 0xee,
  app15: 0xef,
  com: 0xfe,
  dac: 0xcc,
  jpg: 0xc8
}
const soi = Buffer.from([0xff, 0xd8])

/** Takes a JPEG apart, with or without tables of its own; undefined where its head is not that of an 8-bit JPEG. */
export function tileStream(jpeg: Buffer, photometric?: 2 | 6): TileStream | undefined {
  const segments = [...jpegSegments(jpeg)]
  const frame = segments.find(isFrame)
  if (!frame || segments.at(-1)?.code !== 0xda || jpeg[frame.offset + 4] !== 8) return undefined
  const components = jpeg[frame.offset + 9] ?? 0
  if ((components !== 1 && components !== 3) || frame.lengthBytes < 10 + 3 * components) return undefined
  const sampling = jpeg[frame.offset + 11] ?? 0x11
  const bytesOf = ({ offset, lengthBytes }: JpegSegment) => jpeg.subarray(offset, offset + lengthBytes)
  const tables = Buffer.concat(segments.filter(isTable).map(bytesOf))
  const last = segments.at(-1)
  const scan = jpeg.subarray(last?.offset)
  return {
    heightPx: jpeg.readUInt16BE(frame.offset + 5),
    widthPx: jpeg.readUInt16BE(frame.offset + 7),
    colour: {
      photometric: components === 1 ? 1 : (photometric ?? photometricOf(jpeg, segments, frame)),
      samplingX: components === 1 ? 1 : sampling >> 4,
      samplingY: components === 1 ? 1 : sampling & 15,
      tables
    },
    parts: (sharedTables) => {
      const drop = sharedTables?.equals(tables) ?? false
      const kept = segments.slice(0, -1).filter((segment) => !isWords(segment) && !(drop && isTable(segment)))
      if (kept.length === segments.length - 1) return [jpeg]
      return [soi, ...kept.map(bytesOf), scan]
    }
  }
}

/** Tables as a JPEG stream of their own (TIFF's JPEGTables) -> their segments. */
export function tableSegments(stream: Buffer | undefined): Buffer {
  if (!stream) return Buffer.alloc(0)
  const segments = [...jpegSegments(stream)].filter(isTable)
  return Buffer.concat(segments.map(({ offset, lengthBytes }) => stream.subarray(offset, offset + lengthBytes)))
}

/** A page's tables as the stream that its JPEGTables field holds. */
export function tablesStream(tables: Buffer): Buffer {
  return Buffer.concat([soi, tables, Buffer.from([0xff, 0xd9])])
}

/** A tile as it lies in a page -> a JPEG of its own. */
export function withTables(tile: Buffer, tables: Buffer): Buffer {
  return Buffer.concat([soi, tables, tile.subarray(soi.length)])
}

/** Whether tiles of one kind can lie in a page of the other; tables may differ. */
export function isSameColour(a: PageColour, b: PageColour): boolean {
  return a.photometric === b.photometric && a.samplingX === b.samplingX && a.samplingY === b.samplingY
}

const isTable = ({ code }: JpegSegment) => code === marker.dqt || code === marker.dht
/** Adobe's marker stays: it says how the colours are coded. */
const isWords = ({ code }: JpegSegment) =>
  (code >= marker.app0 && code <= marker.app15 && code !== marker.app14) || code === marker.com
const isFrame = ({ code, lengthBytes }: JpegSegment) =>
  code >= marker.sof0 && code <= 0xcf && ![marker.dht, marker.dac, marker.jpg].includes(code) && lengthBytes >= 10

/** As libjpeg guesses it (jdapimin.c, default_decompress_parms): Adobe's word, JFIF, the components' names. */
function photometricOf(jpeg: Buffer, segments: JpegSegment[], frame: JpegSegment): 2 | 6 {
  const has = (code: number, text: string) =>
    segments.find(
      (segment) =>
        segment.code === code && jpeg.toString('latin1', segment.offset + 4, segment.offset + 4 + text.length) === text
    )
  const adobe = has(marker.app14, 'Adobe')
  if (has(marker.app0, 'JFIF')) return 6
  if (adobe) return jpeg[adobe.offset + 15] === 0 ? 2 : 6
  const names = [0, 1, 2].map((i) => jpeg[frame.offset + 10 + 3 * i] ?? 0)
  return String.fromCharCode(...names) === 'RGB' ? 2 : 6
}
