import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { appendFile, copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'

const aperio = fileURLToPath(new URL('../../../shared/data/slides/CMU-1-Small-Region.svs', import.meta.url))

/** The real Aperio slide of 2220 x 2967 pixels where it lies beside the project, else a made one of that size. */
export async function smallSlide(folder: string): Promise<{ path: string; what: string }> {
  const path = join(folder, 'small.svs')
  if (existsSync(aperio)) {
    await copyFile(aperio, path)
    return { path, what: 'a real Aperio slide of 2,220 x 2,967 pixels' }
  }
  await writeSlide(path, 2220, 2967)
  return { path, what: 'a made slide of 2,220 x 2,967 pixels (the real one is not at hand)' }
}

/** A tiled pyramid of one colour: small as a file, and some seconds of work. */
export async function longSlide(folder: string): Promise<string> {
  const path = join(folder, 'long.tif')
  await writeSlide(path, 12_000, 12_000)
  return path
}

/** A photo of 16 x 16 pixels with bytes behind its end that no decoder reads: quick to convert, long to send. */
export async function heavyPhoto(folder: string, extraBytes: number): Promise<string> {
  const path = join(folder, `photo-${extraBytes}.jpg`)
  await tinyPhoto().toFile(path)
  const block = randomBytes(2 ** 20)
  for (let left = extraBytes; left > 0; left -= block.length) await appendFile(path, block.subarray(0, left))
  return path
}

/** Tiny photos with names of their own, into a new folder; answers their paths. */
export async function photos(dir: string, count: number): Promise<string[]> {
  mkdirSync(dir)
  const bytes = await tinyPhoto().toBuffer()
  const paths = Array.from({ length: count }, (_, i) => join(dir, `photo ${String(i).padStart(5, '0')}.jpg`))
  for (const path of paths) writeFileSync(path, bytes)
  return paths
}

const tinyPhoto = () => sharp({ create: { width: 16, height: 16, channels: 3, background: '#4080c0' } }).jpeg()

function writeSlide(path: string, widthPx: number, heightPx: number) {
  const tiles = { tile: true, tileWidth: 256, tileHeight: 256, pyramid: true }
  const scale = { xres: 2000, yres: 2000, resolutionUnit: 'cm' } as const
  return sharp({
    create: { width: widthPx, height: heightPx, channels: 3, background: '#e8d8e8' },
    limitInputPixels: false
  })
    .tiff({ ...tiles, ...scale, compression: 'jpeg', quality: 80 })
    .toFile(path)
}
