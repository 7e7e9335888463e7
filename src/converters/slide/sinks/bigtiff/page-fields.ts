import type { Geometry } from '../../pyramid/geometry.ts'
import type { ResultFacts } from '../../sink.ts'
import type { FieldValue } from './directory.ts'
import { pixelsPerCm } from './rational.ts'
import { type PageColour, tablesStream } from './tile-stream.ts'

/** The grid of one page. */
export interface PageShape {
  widthPx: number
  heightPx: number
  tileWidthPx: number
  tileHeightPx: number
}

/** The pages of a pyramid. */
export function pageShapes({ levels, tileSizePx }: Pick<Geometry, 'levels' | 'tileSizePx'>): PageShape[] {
  return levels.map(({ widthPx, heightPx }) => ({
    widthPx,
    heightPx,
    tileWidthPx: tileSizePx,
    tileHeightPx: tileSizePx
  }))
}

/** One level as it was written. */
export interface Page extends PageShape {
  colour: PageColour
  offsets: Float64Array
  sizes: Uint32Array
}

/** Fields of a page by tag (TIFF 6.0; JPEGTables 347 of Technical Note 2; 34675 the ICC profile). */
export function pageFields(page: Page, full: PageShape, facts: ResultFacts): Map<number, FieldValue> {
  const { photometric, samplingX, samplingY, tables } = page.colour
  const samples = photometric === 1 ? 1 : 3
  const isFull = page.widthPx === full.widthPx && page.heightPx === full.heightPx
  const fields = new Map<number, FieldValue>([
    // Bit 0: a smaller version of another page; generic readers know levels by it.
    [254, { type: 'long', values: [isFull ? 0 : 1] }],
    [256, { type: 'long', values: [page.widthPx] }],
    [257, { type: 'long', values: [page.heightPx] }],
    [258, { type: 'short', values: new Array<number>(samples).fill(8) }],
    [259, { type: 'short', values: [7] }],
    [262, { type: 'short', values: [photometric] }],
    [270, { type: 'ascii', text: description(facts) }],
    [277, { type: 'short', values: [samples] }],
    [284, { type: 'short', values: [1] }],
    [322, { type: 'long', values: [page.tileWidthPx] }],
    [323, { type: 'long', values: [page.tileHeightPx] }],
    [324, { type: 'long8', values: page.offsets }],
    [325, { type: 'long', values: page.sizes }]
  ])
  if (tables.length > 0) fields.set(347, { type: 'undefined', bytes: tablesStream(tables) })
  if (photometric === 6) fields.set(530, { type: 'short', values: [samplingX, samplingY] })
  if (facts.icc) fields.set(34675, { type: 'undefined', bytes: facts.icc })
  addResolution(fields, page, full, facts)
  return fields
}

function addResolution(fields: Map<number, FieldValue>, page: PageShape, full: PageShape, facts: ResultFacts): void {
  const { mpp, mppY = mpp } = facts
  if (mpp === undefined || mppY === undefined) return
  fields.set(282, { type: 'rational', value: pixelsPerCm(mpp, page.widthPx, full.widthPx) })
  fields.set(283, { type: 'rational', value: pixelsPerCm(mppY, page.heightPx, full.heightPx) })
  fields.set(296, { type: 'short', values: [3] })
}

/** Never a word of the source: scanners put names and dates into theirs. */
function description({ mpp, magnification }: ResultFacts): string {
  const facts = [
    'Microtome pyramid',
    ...(mpp === undefined ? [] : [`mpp = ${mpp}`]),
    ...(magnification === undefined ? [] : [`magnification = ${magnification}`])
  ]
  return facts.join('; ')
}
