import { stat } from 'node:fs/promises'
import { fileTypeFromBuffer } from 'file-type'
import type { ProbeContext, SourceFile } from '../converter.ts'
import { emptyFile, notRecognised, sourceUnreadable } from '../failures.ts'
import type { ImageContent } from '../image/content.ts'
import { recogniseImage } from '../image/recognise-image.ts'
import { readHead } from '../read-head.ts'
import type { SlideContent } from '../slide/content.ts'
import { findDicomSeries, readDicomSlide } from '../slide/readers/dicom/index.ts'
import { pictureAsSlide } from '../slide/readers/libvips/libvips-reader.ts'
import { readOpenSlide } from '../slide/readers/openslide/index.ts'
import { describeTiff, readTiffSlide } from '../slide/readers/tiff/index.ts'
import type { VideoContent } from '../video/content.ts'
import { recogniseVideo } from '../video/recognise-video.ts'

/** What a file is, by its content. */
export type Content = SlideContent | ImageContent | VideoContent

const headBytes = 64 << 10
const imageTypes = /^image\/(jpeg|png|apng|webp|gif|avif|heic|heif|heic-sequence|heif-sequence)$/

/** The source with its size; throws `source-unreadable`, `not-recognised` (a device) or `empty-file`. */
export async function openSource(path: string): Promise<SourceFile> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    const gone = error.code === 'ENOENT' || error.code === 'ENOTDIR'
    throw sourceUnreadable(
      gone ? 'The file is no longer there.' : `The file can't be opened (${error.code}).`,
      gone ? 'Check whether it was moved or deleted.' : 'Check its permissions.',
      error
    )
  })
  if (found.isDirectory()) return { path, sizeBytes: 0, isFolder: true }
  if (!found.isFile()) throw notRecognised('This is a device, not a file.', 'Choose a file or a folder.')
  if (found.size === 0) throw emptyFile()
  return { path, sizeBytes: found.size, isFolder: false }
}

/** Tells the kind by content, never by extension. Throws an `input` error that says what is wrong with it. */
export async function recognise(source: SourceFile, context: ProbeContext): Promise<Content> {
  const { path, isFolder } = source
  if (isFolder) return inFolder(path, context)
  const slide =
    (await readTiffSlide(source)) ??
    (await readDicomSlide(path, context.log)) ??
    (await readOpenSlide(source, context.tools.openslidePath))
  if (slide) return slide
  const tiff = await inTiff(source)
  if (tiff) return tiff
  const head = await readHead(source.path, headBytes)
  const type = (await fileTypeFromBuffer(head))?.mime
  if (type !== undefined && imageTypes.test(type)) return recogniseImage(source.path)
  const expected = type !== undefined && /^(video|audio)\//.test(type)
  if (type !== undefined && !expected && !mayHoldVideo(type)) throw notConvertible(`It is ${type}`)
  if (type === undefined && isText(head)) throw notConvertible('It is plain text')
  const video = await recogniseVideo(source, expected, context)
  if (video) return video
  throw notConvertible(`Its first bytes are ${hex(head.subarray(0, 8))}`)
}

/** A folder is a slide where it is one DICOM series. */
async function inFolder(path: string, { log }: ProbeContext): Promise<Content> {
  const slide = await readDicomSlide(path, log)
  if (slide) return slide
  const series = await findDicomSeries(path)
  if (series.length > 1)
    throw notRecognised(
      `The folder holds ${series.length} DICOM slides.`,
      'Choose a folder for each, or the largest file of each.'
    )
  throw notRecognised('The folder as a whole is no slide.', 'Choose the files in it.')
}

/** A scan that libvips must read line by line, or a photo. */
async function inTiff(source: SourceFile): Promise<Content | undefined> {
  const tiff = await describeTiff(source)
  if (!tiff) return undefined
  const { isSlide, hasInks: _, properties, chosen, identifying, associated, ...picture } = tiff
  if (!isSlide) return { ...(await recogniseImage(source.path)), properties }
  return {
    ...pictureAsSlide({ path: source.path, ...picture, oriented: false }),
    properties,
    ...(chosen !== undefined && { chosen }),
    identifying,
    associated
  }
}

/** Containers that file-type names after their general form. */
function mayHoldVideo(type: string): boolean {
  return type === 'application/mxf' || type === 'application/ogg' || type === 'application/vnd.ms-asf'
}

/** Text has none of the control characters that binary files are full of. */
function isText(head: Buffer): boolean {
  return !head.some((byte) => byte < 9 || (byte > 13 && byte < 32 && byte !== 27))
}

function notConvertible(what: string) {
  return notRecognised(
    `The file is no slide, picture or video that can be converted. ${what}.`,
    'Slides: SVS, TIFF, DICOM, with OpenSlide NDPI, MRXS and more. Pictures: JPEG, PNG, WebP, GIF, TIFF, AVIF. Videos: what ffmpeg reads.'
  )
}

const hex = (bytes: Buffer) => bytes.toString('hex').replace(/..(?=.)/g, '$& ')
