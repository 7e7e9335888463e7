import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A photo of one level: where it stands in the level's own grid, and its compressed bytes. */
export interface MiraxImage {
  column: number
  row: number
  bytes: Buffer
}

export interface MiraxPlan {
  /** Photos across and down the full level. */
  columns: number
  rows: number
  imagePx: number
  format: 'PNG' | 'JPEG'
  /** The full level first, each half as large as the one before; places without an image stay empty. */
  levels: MiraxImage[][]
  /** `0xBBGGRR`. */
  fillBgr?: number
  general?: Record<string, string>
}

const slideId = '0123456789ABCDEF0123456789ABCDEF'

/**
 * Writes `<name>.mrxs` with its folder as 3DHISTECH's scanners do, as far as OpenSlide reads it (openslide.org/formats/mirax,
 * openslide-vendor-mirax.c): no overlaps, no positions, one data file. Answers the path of the `.mrxs`.
 */
export async function writeMirax(dir: string, name: string, plan: MiraxPlan): Promise<string> {
  const folder = join(dir, name)
  await mkdir(folder, { recursive: true })
  const { index, data } = pack(plan)
  await writeFile(join(folder, 'Slidedat.ini'), `\ufeff${slidedat(plan)}`)
  await writeFile(join(folder, 'Index.dat'), index)
  await writeFile(join(folder, 'Data0000.dat'), data)
  // The scanner puts a preview here; OpenSlide only wants it to exist.
  await writeFile(join(dir, `${name}.mrxs`), Buffer.from([0xff, 0xd8, 0xff, 0xd9]))
  return join(dir, `${name}.mrxs`)
}

function slidedat({ columns, rows, imagePx, format, levels, fillBgr = 0xffffff, general = {} }: MiraxPlan): string {
  const sections = levels.map((_, level) => `LAYER_0_LEVEL_${level}_SECTION`)
  return [
    group('GENERAL', {
      SLIDE_VERSION: '01.02',
      SLIDE_ID: slideId,
      IMAGENUMBER_X: columns,
      IMAGENUMBER_Y: rows,
      OBJECTIVE_MAGNIFICATION: 20,
      ...general
    }),
    group('HIERARCHICAL', {
      HIER_COUNT: 1,
      NONHIER_COUNT: 0,
      INDEXFILE: 'Index.dat',
      HIER_0_NAME: 'Slide zoom level',
      HIER_0_COUNT: levels.length,
      ...Object.fromEntries(sections.map((section, level) => [`HIER_0_VAL_${level}_SECTION`, section]))
    }),
    group('DATAFILE', { FILE_COUNT: 1, FILE_0: 'Data0000.dat' }),
    ...sections.map((section, level) =>
      group(section, {
        OVERLAP_X: 0,
        OVERLAP_Y: 0,
        MICROMETER_PER_PIXEL_X: 0.25 * 2 ** level,
        MICROMETER_PER_PIXEL_Y: 0.25 * 2 ** level,
        IMAGE_FORMAT: format,
        IMAGE_FILL_COLOR_BGR: fillBgr,
        DIGITIZER_WIDTH: imagePx,
        DIGITIZER_HEIGHT: imagePx,
        IMAGE_CONCAT_FACTOR: level === 0 ? 0 : 1
      })
    )
  ].join('\r\n')
}

const group = (name: string, entries: Record<string, string | number>) =>
  [`[${name}]`, ...Object.entries(entries).map(([key, value]) => `${key} = ${value}`)].join('\r\n')

/** Index.dat: version, id, two roots; a pointer per level to a page that says which image lies where in the data file. */
function pack({ columns, levels }: MiraxPlan): { index: Buffer; data: Buffer } {
  const header = Buffer.from(`01.02${slideId}`, 'latin1')
  const pointersAt = header.length + 8
  const images: Buffer[] = []
  let dataBytes = 0
  const records: Buffer[] = []
  const pointers: number[] = []
  let at = pointersAt + levels.length * 4
  for (const [level, found] of levels.entries()) {
    pointers.push(at)
    const entries = found.flatMap(({ column, row, bytes }) => {
      images.push(bytes)
      dataBytes += bytes.length
      return [(row * columns + column) * 2 ** level, dataBytes - bytes.length, bytes.length, 0]
    })
    const record = int32(0, at + 8, found.length, 0, ...entries)
    records.push(record)
    at += record.length
  }
  const index = Buffer.concat([header, int32(pointersAt, 0), int32(...pointers), ...records])
  return { index, data: Buffer.concat(images) }
}

function int32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [i, value] of values.entries()) bytes.writeInt32LE(value, i * 4)
  return bytes
}
