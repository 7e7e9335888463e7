import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'

/** Pixels of a JPEG's row of blocks: colours are not subsampled here. */
const blockPx = 8

export interface VmsPlan {
  /** RGB pictures of one row of blocks (8 px high), side by side; the map is a smaller version of all. */
  images: { widthPx: number; pixels: Buffer }[]
  map: { widthPx: number; pixels: Buffer; heightPx: number }
  /** Further words of the key file. */
  words: Record<string, string>
}

/**
 * Writes `<name>.vms` with its pictures as Hamamatsu's scanners do, as far as OpenSlide reads it (openslide.org/formats/hamamatsu):
 * it wants restart markers once a row, which a picture of one row has by saying so. Answers the path of the `.vms`.
 */
export async function writeVms(dir: string, name: string, { images, map, words }: VmsPlan): Promise<string> {
  const lines = ['[Virtual Microscope Specimen]', `NoJpegColumns=${images.length}`, 'NoJpegRows=1']
  for (const [column, { widthPx, pixels }] of images.entries()) {
    const place = column === 0 ? '' : `(${column},0)`
    await writeFile(join(dir, `${name}${place}.jpg`), await jpegOf(pixels, widthPx, blockPx))
    lines.push(`ImageFile${place}=${name}${place}.jpg`)
  }
  await writeFile(join(dir, `${name}_map.jpg`), await jpegOf(map.pixels, map.widthPx, map.heightPx))
  lines.push(`MapFile=${name}_map.jpg`, ...Object.entries(words).map(([key, value]) => `${key}=${value}`))
  await writeFile(join(dir, `${name}.vms`), `${lines.join('\n')}\n`)
  return join(dir, `${name}.vms`)
}

async function jpegOf(pixels: Buffer, width: number, height: number): Promise<Buffer> {
  const raw = { width, height, channels: 3 } as const
  const jpeg = await sharp(pixels, { raw }).jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer()
  const scanAt = jpeg.indexOf(Buffer.from([0xff, 0xda]))
  const restartInterval = Buffer.from([0xff, 0xdd, 0, 4, 0, Math.ceil(width / blockPx)])
  return Buffer.concat([jpeg.subarray(0, scanAt), restartInterval, jpeg.subarray(scanAt)])
}
