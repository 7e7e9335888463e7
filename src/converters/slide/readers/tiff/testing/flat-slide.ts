import { buildTiff, dataOffset, type PagePlan, type TagValue } from '../../../../testing/build-tiff.ts'

const tilePx = 256
const tile = Buffer.alloc(tilePx * tilePx * 3, 200)

/** A classic TIFF of pages by {@link tiled} and {@link strips}: for what a look at its directories tells. */
export function flatSlide(pages: PagePlan[]): Buffer {
  return buildTiff(pages, { data: tile })
}

/** A page of any size whose tiles are all the same flat grey, stored once. */
export function tiled(widthPx: number, heightPx: number, tags: Record<number, TagValue> = {}): PagePlan {
  const tiles = Math.ceil(widthPx / tilePx) * Math.ceil(heightPx / tilePx)
  const table = {
    324: new Array<number>(tiles).fill(dataOffset(false)),
    325: new Array<number>(tiles).fill(tile.length)
  }
  return strips(widthPx, heightPx, { 322: [tilePx], 323: [tilePx], ...table, ...tags })
}

/** An 8-bit RGB page without pixels, not tiled: a label, a macro, a thumbnail. */
export function strips(widthPx: number, heightPx: number, tags: Record<number, TagValue> = {}): PagePlan {
  return { tags: { 256: [widthPx], 257: [heightPx], 258: [8, 8, 8], 259: [1], 262: [2], 277: [3], ...tags } }
}
