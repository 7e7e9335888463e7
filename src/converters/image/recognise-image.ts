import sharp, { type Metadata } from 'sharp'
import { damaged, reasonOf, unsupportedCompression } from '../failures.ts'
import { checkImageSize } from '../limits.ts'
import type { ImageContent } from './content.ts'

const names: Record<string, string | undefined> = {
  jpeg: 'JPEG',
  png: 'PNG',
  webp: 'WebP',
  gif: 'GIF',
  tiff: 'TIFF',
  heif: 'AVIF'
}

/** Reads the header of a file whose first bytes are a picture's. Throws `damaged`, `too-large` or `unsupported-compression`. */
export async function recogniseImage(path: string): Promise<ImageContent> {
  const metadata = await readMetadata(path)
  if (metadata.format === 'heif' && metadata.compression !== 'av1')
    throw unsupportedCompression(
      'The picture is a HEIC (H.265), which can not be decoded here.',
      'Save it as JPEG or PNG.'
    )
  const { width, height } = metadata.autoOrient
  checkImageSize(width, height)
  return {
    kind: 'image',
    format: names[metadata.format] ?? metadata.format,
    widthPx: width,
    heightPx: height,
    frames: metadata.pages ?? 1,
    ...(metadata.icc && { icc: metadata.icc })
  }
}

async function readMetadata(path: string): Promise<Metadata> {
  try {
    return await sharp(path, { limitInputPixels: false }).metadata()
  } catch (error) {
    throw damaged(
      `The picture can't be opened: ${reasonOf(error, [path])}.`,
      'Copy it again from where it was made.',
      error
    )
  }
}
