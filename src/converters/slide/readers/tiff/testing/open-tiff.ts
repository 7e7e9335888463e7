import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { tempDir } from '../../../../testing/temp-dir.ts'
import type { SlideContent } from '../../../content.ts'
import { copyPixels, newPixels, type PixelWindow, partOf } from '../../../pixels/pixel-window.ts'
import { gridOf, type SlideSource, type SourceLevel } from '../../../source.ts'
import { readTiffSlide } from '../index.ts'

/** A TIFF as a file of its own for the time of a test, and what the reader says of it. */
export async function lookAt(
  bytes: Buffer
): Promise<AsyncDisposable & { path: string; slide: SlideContent | undefined }> {
  const dir = await tempDir()
  const path = join(dir.path, 'slide')
  try {
    await writeFile(path, bytes)
    const slide = await readTiffSlide({ path, sizeBytes: bytes.length })
    return { path, slide, [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose]() }
  } catch (error) {
    await dir[Symbol.asyncDispose]()
    throw error
  }
}

/** Opens a slide for the time that `use` takes. */
export async function withLevels<T>(
  slide: SlideContent | undefined,
  use: (source: SlideSource) => Promise<T>
): Promise<T> {
  if (!slide) throw new Error('the reader says that it is no slide of its own')
  const source = await slide.open({
    threads: 2,
    scratchDir: '/nowhere',
    signal: new AbortController().signal,
    tiles: { sizePx: 256, quality: 90, lossless: false }
  })
  try {
    return await use(source)
  } finally {
    await source.close()
  }
}

/** All tiles of a level side by side; `scale` 2: each decoded at half its size. */
export async function pixelsOf(level: SourceLevel, scale: 1 | 2 = 1): Promise<PixelWindow> {
  const { columns, rows } = gridOf(level)
  const tile = newPixels(Math.ceil(level.tileWidthPx / scale), Math.ceil(level.tileHeightPx / scale))
  const whole = newPixels(columns * tile.widthPx, rows * tile.heightPx)
  for (let row = 0; row < rows; row++)
    for (const found of await level.readTiles(row, 0, columns)) {
      await level.decode(found, tile, scale)
      copyPixels(tile, partOf(whole, found.column * tile.widthPx, row * tile.heightPx, tile.widthPx, tile.heightPx))
    }
  return partOf(whole, 0, 0, Math.ceil(level.widthPx / scale), Math.ceil(level.heightPx / scale))
}
