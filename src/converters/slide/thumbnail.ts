import type { ProbeContext, SourceFile } from '../converter.ts'
import { damaged, reasonOf, writeFailureOf } from '../failures.ts'
import type { SlideContent } from './content.ts'
import { openPreview } from './readers/libvips/libvips-reader.ts'

/** Decoding more than this takes seconds; then the slide goes without a thumbnail. */
const quickPixels = 150_000_000

/** From the main image's smallest useful version, never from a picture of the glass. */
export async function slideThumbnail(
  source: SourceFile,
  content: SlideContent,
  path: string,
  { signal }: ProbeContext
): Promise<boolean> {
  const { widthPx, heightPx } = content.preview
  if (widthPx * heightPx > quickPixels) return false
  signal.throwIfAborted()
  try {
    await openPreview(source, content)
      .resize(256, 256, { fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .jpeg({ quality: 80 })
      .toFile(path)
  } catch (error) {
    throw (
      writeFailureOf(error) ??
      damaged(`The slide can't be read: ${reasonOf(error, [source.path, path])}.`, 'Copy it again.', error)
    )
  }
  return true
}
