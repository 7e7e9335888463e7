import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import sharp from 'sharp'

const run = promisify(execFile)
const aperio = fileURLToPath(new URL('../../../../shared/data/slides/CMU-1-Small-Region.svs', import.meta.url))

/** A real Aperio slide where the shared data lie beside the project, else a made one. */
export async function realSlide(folder: string): Promise<string> {
  if (existsSync(aperio)) return aperio
  console.info('the real slide is not at hand: a made one stands in')
  return makeSlide(folder, { name: 'made.tif', widthPx: 2220, heightPx: 2967 })
}

/** A tiled pyramidal TIFF of one colour: quick to make, and as slow to convert as any. */
export async function makeSlide(
  folder: string,
  size: { name?: string; widthPx: number; heightPx: number }
): Promise<string> {
  const path = join(folder, size.name ?? 'slide.tif')
  await sharp({
    create: { width: size.widthPx, height: size.heightPx, channels: 3, background: '#e8d8e8' },
    limitInputPixels: false
  })
    .tiff({
      tile: true,
      tileWidth: 256,
      tileHeight: 256,
      pyramid: true,
      compression: 'jpeg',
      quality: 80,
      xres: 2000,
      yres: 2000,
      resolutionUnit: 'cm'
    })
    .toFile(path)
  return path
}

export async function makePhoto(folder: string, name = 'photo.jpg'): Promise<string> {
  const path = join(folder, name)
  await sharp({ create: { width: 1600, height: 1200, channels: 3, background: '#4080c0' } })
    .jpeg()
    .withMetadata({ orientation: 6 })
    .toFile(path)
  return path
}

/** A film of ffmpeg's test source with a tone; `seconds` long. */
export async function makeVideo(folder: string, seconds = 4, name = 'film.mp4'): Promise<string> {
  const path = join(folder, name)
  const picture = ['-f', 'lavfi', '-i', `testsrc2=duration=${seconds}:size=640x360:rate=25`]
  const tone = ['-f', 'lavfi', '-i', `sine=frequency=440:duration=${seconds}`]
  await run('ffmpeg', [
    '-v',
    'error',
    '-y',
    ...picture,
    ...tone,
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-pix_fmt',
    'yuv420p',
    '-c:a',
    'aac',
    path
  ])
  return path
}

/** For `submit`: tiles that overlap can't be copied, so that a slide takes long enough to be met in the middle. */
export const slowly = ['--set', 'overlapPx=1'] as const
