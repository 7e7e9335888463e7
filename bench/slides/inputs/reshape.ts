import { BigTiffPages, type Page } from './big-tiff.ts'

const tag = { width: 256, height: 257, compression: 259, description: 270, tileWidth: 322, offsets: 324, counts: 325 }

/** How many times a slide's own grid of tiles is repeated. */
export interface Repeats {
  columns: number
  rows: number
}

/**
 * Makes a slide of a BigTIFF many times as large by naming its tiles again and again: as many tiles to convert as a slide of that
 * size has, in a file that grows by its tables only.
 */
export async function repeatTiles(path: string, repeats: Repeats): Promise<void> {
  await using tiff = await BigTiffPages.open(path)
  const pages = await tiff.pages()
  const [first] = pages
  if (!first) throw new Error('the slide has no pages')
  const size = await sizeOf(tiff, first)
  // Every level must stay the full size divided by its own factor, or it is none any more.
  const whole = { widthPx: size.widthPx * repeats.columns, heightPx: size.heightPx * repeats.rows }
  for (const page of pages) {
    if (!page.has(tag.offsets)) continue
    const level = await sizeOf(tiff, page)
    const factor = Math.round(size.widthPx / level.widthPx)
    await repeatPage(tiff, page, {
      widthPx: Math.floor(whole.widthPx / factor),
      heightPx: Math.floor(whole.heightPx / factor)
    })
  }
  await tiff.replace(pages)
}

async function repeatPage(tiff: BigTiffPages, page: Page, size: { widthPx: number; heightPx: number }): Promise<void> {
  const [tilePx = 1] = await tiff.numbers(page, tag.tileWidth)
  const old = await sizeOf(tiff, page)
  const [columns, rows] = [Math.ceil(old.widthPx / tilePx), Math.ceil(old.heightPx / tilePx)]
  const [newColumns, newRows] = [Math.ceil(size.widthPx / tilePx), Math.ceil(size.heightPx / tilePx)]
  for (const table of [tag.offsets, tag.counts]) {
    const values = await tiff.numbers(page, table)
    const repeated = Array.from({ length: newColumns * newRows }, (_, i) => {
      const [column, row] = [(i % newColumns) % columns, Math.floor(i / newColumns) % rows]
      return values[row * columns + column] ?? 0
    })
    page.set(table, await tiff.entryOf(table, repeated))
  }
  page.set(tag.width, await tiff.entryOf(tag.width, [size.widthPx]))
  page.set(tag.height, await tiff.entryOf(tag.height, [size.heightPx]))
}

async function sizeOf(tiff: BigTiffPages, page: Page): Promise<{ widthPx: number; heightPx: number }> {
  const [widthPx = 0] = await tiff.numbers(page, tag.width)
  const [heightPx = 0] = await tiff.numbers(page, tag.height)
  return { widthPx, heightPx }
}

/** Turns a pyramid of libvips into the layout of a scanner: every second level, and an Aperio description that OpenSlide knows. */
export async function asAperio(path: string, compression?: { code: number; name: string }): Promise<void> {
  await using tiff = await BigTiffPages.open(path)
  const pages = (await tiff.pages()).filter((_, i) => i % 2 === 0).slice(0, 3)
  const [first] = pages
  if (!first) throw new Error('the slide has no pages')
  const { widthPx, heightPx } = await sizeOf(tiff, first)
  const [tilePx] = await tiff.numbers(first, tag.tileWidth)
  for (const page of pages) {
    const level = await sizeOf(tiff, page)
    const smaller = page === first ? '' : ` -> ${level.widthPx}x${level.heightPx}`
    const about = `${widthPx}x${heightPx} [0,0 ${widthPx}x${heightPx}] (${tilePx}x${tilePx})${smaller}`
    const text = `Aperio Image Library v11.2.1\r\n${about} ${compression?.name ?? 'JPEG/YCC'}|AppMag = 20|MPP = 0.4990`
    page.set(tag.description, await tiff.textEntry(tag.description, text))
    if (compression) page.set(tag.compression, await tiff.shortEntry(tag.compression, compression.code))
  }
  await tiff.replace(pages)
}
