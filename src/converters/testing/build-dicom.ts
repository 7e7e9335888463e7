import { type Attribute, attributeHead, type Encoding, encodeAttributes, even, itemHead } from './dicom-attributes.ts'

/** Transfer syntaxes that tests write. */
export const syntaxes = {
  implicit: '1.2.840.10008.1.2',
  explicit: '1.2.840.10008.1.2.1',
  jpeg: '1.2.840.10008.1.2.4.50',
  jpeg2000: '1.2.840.10008.1.2.4.90'
} as const

/** A DICOM slide to be made; everything else is as scanners have it. */
export interface DicomWish {
  syntax: string
  widthPx: number
  heightPx: number
  tilePx: number | [widthPx: number, heightPx: number]
  /** Of compressed ones each may be in several pieces; uncompressed ones lie behind each other. */
  frames: (Buffer | Buffer[])[]
  /** Column and row (from 0) of each frame's cell: TILED_SPARSE. */
  cells?: [column: number, row: number][]
  photometric?: string
  samples?: 1 | 3
  imageType?: string
  table?: 'basic' | 'extended' | 'none' | { basic: number[] }
  delimited?: boolean
  /** Added last: they replace those that are there. */
  attributes?: Attribute[]
  /** False: the file ends with its attributes. */
  pixels?: boolean
}

const wholeSlideClass = '1.2.840.10008.5.1.4.1.1.77.1.6'

/** A DICOM file of class VL Whole Slide Microscopy (PS3.10), for tests. */
export function buildDicom(wish: DicomWish): Buffer {
  const encoding: Encoding = { implicit: wish.syntax === syntaxes.implicit, delimited: wish.delimited ?? false }
  const isNative = wish.syntax === syntaxes.implicit || wish.syntax === syntaxes.explicit
  const pixels = isNative ? nativePixels(wish, encoding) : encapsulated(wish)
  const table = !isNative && wish.table === 'extended' ? extendedTable(wish) : []
  const attributes = encodeAttributes([...mainAttributes(wish), ...table, ...(wish.attributes ?? [])], encoding)
  return Buffer.concat([fileHead(wish), attributes, ...(wish.pixels === false ? [] : [pixels])])
}

function fileHead({ syntax, attributes = [] }: DicomWish): Buffer {
  const uid = attributes.find(([tag]) => tag === '00080018')?.[2] ?? '1.2.3.4.1'
  const meta = encodeAttributes(
    [
      ['00020002', 'UI', wholeSlideClass],
      ['00020003', 'UI', uid],
      ['00020010', 'UI', syntax]
    ],
    { implicit: false, delimited: false }
  )
  const length = encodeAttributes([['00020000', 'UL', meta.length]], { implicit: false, delimited: false })
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), length, meta])
}

function mainAttributes(wish: DicomWish): Attribute[] {
  const [tileWidthPx, tileHeightPx] = [wish.tilePx, wish.tilePx].flat() as [number, number]
  const samples = wish.samples ?? 3
  return [
    ['00080008', 'CS', wish.imageType ?? 'ORIGINAL\\PRIMARY\\VOLUME\\NONE'],
    ['00080016', 'UI', wholeSlideClass],
    ['00080018', 'UI', '1.2.3.4.1'],
    ['0020000d', 'UI', '1.2.3.1'],
    ['0020000e', 'UI', '1.2.3.2'],
    ['00200052', 'UI', '1.2.3.3'],
    ['00209311', 'CS', wish.cells ? 'TILED_SPARSE' : 'TILED_FULL'],
    ['00280002', 'US', samples],
    ['00280004', 'CS', wish.photometric ?? (samples === 1 ? 'MONOCHROME2' : 'RGB')],
    ['00280006', 'US', 0],
    ['00280008', 'IS', `${wish.frames.length}`],
    ['00280010', 'US', tileHeightPx],
    ['00280011', 'US', tileWidthPx],
    ['00280100', 'US', 8],
    ['00280101', 'US', 8],
    ['00280102', 'US', 7],
    ['00280103', 'US', 0],
    ['00480006', 'UL', wish.widthPx],
    ['00480007', 'UL', wish.heightPx],
    ['52009229', 'SQ', [[['00289110', 'SQ', [[['00280030', 'DS', '0.00025\\0.0005']]]]]]],
    ...(wish.cells ? [perFrame(wish.cells, tileWidthPx, tileHeightPx)] : [])
  ]
}

function perFrame(cells: [number, number][], tileWidthPx: number, tileHeightPx: number): Attribute {
  return ['52009230', 'SQ', cells.map(([column, row]) => frameAt(column * tileWidthPx + 1, row * tileHeightPx + 1))]
}

/** The functional groups of a frame whose upper left pixel lies at `x`, `y`, counted from 1. */
export function frameAt(x: number, y: number, focusMm = '0', opticalPath = '1'): Attribute[] {
  const position: Attribute[] = [
    ['0040074a', 'DS', focusMm],
    ['0048021e', 'SL', x],
    ['0048021f', 'SL', y]
  ]
  return [
    ['00480207', 'SQ', [[['00480106', 'SH', opticalPath]]]],
    ['0048021a', 'SQ', [position]]
  ]
}

function nativePixels({ frames }: DicomWish, { implicit }: Encoding): Buffer {
  const bytes = even(Buffer.concat(frames.flat()), 0)
  return Buffer.concat([attributeHead('7fe00010', 'OB', bytes.length, implicit), bytes])
}

function encapsulated(wish: DicomWish): Buffer {
  const offsets = wish.table === undefined || wish.table === 'basic' ? offsetsOf(wish) : []
  const told = typeof wish.table === 'object' ? wish.table.basic : offsets
  const table = Buffer.alloc(told.length * 4)
  for (const [i, offset] of told.entries()) table.writeUInt32LE(offset, i * 4)
  return Buffer.concat([
    attributeHead('7fe00010', 'OB', 0xffffffff, false),
    itemHead(0xe000, table.length),
    table,
    ...wish.frames.map(itemsOf),
    itemHead(0xe0dd, 0)
  ])
}

function itemsOf(frame: Buffer | Buffer[]): Buffer {
  const pieces = [frame].flat().map((piece) => even(piece, 0))
  return Buffer.concat(pieces.flatMap((piece) => [itemHead(0xe000, piece.length), piece]))
}

function offsetsOf({ frames }: DicomWish): number[] {
  let offset = 0
  return frames.map((frame) => {
    const start = offset
    offset += itemsOf(frame).length
    return start
  })
}

function extendedTable(wish: DicomWish): Attribute[] {
  const longs = (values: number[]) => {
    const bytes = Buffer.alloc(values.length * 8)
    for (const [i, value] of values.entries()) bytes.writeBigUInt64LE(BigInt(value), i * 8)
    return bytes
  }
  return [
    ['7fe00001', 'OV', longs(offsetsOf(wish))],
    ['7fe00002', 'OV', longs(wish.frames.map((frame) => itemsOf(frame).length - 8))]
  ]
}
