import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { type ImageOptions, profiles } from '../../shared/domain/profiles.ts'
import type { ConvertContext, Converter, ProbeContext, Produced, SourceFile, Task } from '../converter.ts'
import { reasonOf, verifyFailed } from '../failures.ts'
import type { ImageContent } from './content.ts'
import { imageFailure, openImage } from './open-image.ts'

type ImageTask = Task<ImageContent>

/** Pictures to WebP, JPEG or PNG, fitted into a box. */
export const imageConverter: Converter<ImageContent> = {
  verifyShare: 0.2,
  describe: ({ format, widthPx, heightPx }) => ({ kind: 'image', format, widthPx, heightPx }),
  thumbnail,
  plan: (source, content, profile) => [{ source, content, profile, part: 0, parts: 1 }],
  convert,
  join: async ([only]) => {
    if (!only) throw new Error('a plan without tasks')
    return only
  },
  verify
}

const optionsOf = ({ profile }: ImageTask): ImageOptions => profiles.webp.options.parse(profile.options)

async function convert(task: ImageTask, { resultDir, signal, progress }: ConvertContext): Promise<Produced> {
  const { source, content, profile } = task
  const { maxWidthPx, maxHeightPx, quality } = optionsOf(task)
  signal.throwIfAborted()
  const primary = `result.${profile.name}`
  const fitted = openImage(source.path).resize(maxWidthPx, maxHeightPx, { fit: 'inside', withoutEnlargement: true })
  try {
    const { width, height } = await encode(fitted, profile.name, quality).toFile(join(resultDir, primary))
    signal.throwIfAborted()
    progress(1)
    return { primary, report: describeResult(content, width, height) }
  } catch (error) {
    await rm(join(resultDir, primary), { force: true })
    signal.throwIfAborted()
    throw imageFailure(error, [source.path, resultDir])
  }
}

function describeResult(content: ImageContent, widthPx: number, heightPx: number): Produced['report'] {
  return {
    sourceFormat: content.format,
    sourceWidthPx: content.widthPx,
    sourceHeightPx: content.heightPx,
    sourceFrames: content.frames,
    widthPx,
    heightPx
  }
}

/** sharp's `quality` and `effort` for PNG would reduce the colours to a palette; only the compression level is lossless. */
function encode(image: Sharp, format: string, quality: number): Sharp {
  switch (format) {
    case 'webp':
      return image.webp({ quality })
    case 'jpeg':
      return image.flatten({ background: '#ffffff' }).jpeg({ quality })
    case 'png':
      return image.png({ compressionLevel: Math.max(1, Math.round((quality * 9) / 100)) })
    default:
      throw new Error(`${format} is no image profile`)
  }
}

async function verify(_task: ImageTask, { primary, report }: Produced, { resultDir }: ConvertContext): Promise<void> {
  const path = join(resultDir, primary)
  const { info } = await sharp(path, { failOn: 'warning' })
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch((error: unknown) => {
      throw verifyFailed(`The result can't be decoded: ${reasonOf(error, [path])}.`, 'Retry.', error)
    })
  if (info.width !== report.widthPx || info.height !== report.heightPx)
    throw verifyFailed(
      `The result has ${info.width} x ${info.height} pixels instead of ${report.widthPx} x ${report.heightPx}.`,
      'Retry; report it if it happens again.'
    )
}

async function thumbnail(source: SourceFile, _content: ImageContent, path: string, { signal }: ProbeContext) {
  signal.throwIfAborted()
  try {
    await openImage(source.path)
      .resize(256, 256, { fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#ffffff' })
      .jpeg({ quality: 80 })
      .toFile(path)
  } catch (error) {
    throw imageFailure(error, [source.path, path])
  }
  return true
}
