import { randomBytes } from 'node:crypto'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { profiles, type VideoOptions } from '../../shared/domain/profiles.ts'
import type { ConvertContext, Converter, Produced, Task } from '../converter.ts'
import { badOption, writeFailureOf } from '../failures.ts'
import type { VideoContent } from './content.ts'
import { type Encoder, targets, type VideoTarget, workingEncoder } from './encoders.ts'
import { ffmpegFailure, runFfmpeg } from './ffmpeg-run.ts'
import { inputArgs } from './ffprobe.ts'
import { videoThumbnail } from './thumbnail.ts'
import { verifyVideo } from './verify-video.ts'

type VideoTask = Task<VideoContent>

/** Videos to H.264, H.265 or AV1 in MP4, or VP9 in WebM, with ffmpeg. */
export const videoConverter: Converter<VideoContent> = {
  verifyShare: 0.15,
  describe: ({ format, widthPx, heightPx, durationS }) => ({ kind: 'video', format, widthPx, heightPx, durationS }),
  thumbnail: videoThumbnail,
  plan: (source, content, profile) => [{ source, content, profile, part: 0, parts: 1 }],
  convert,
  join: async ([only]) => {
    if (!only) throw new Error('a plan without tasks')
    return only
  },
  verify: (task, produced, context) => verifyVideo(task.content, produced, context)
}

async function convert(task: VideoTask, context: ConvertContext): Promise<Produced> {
  const { content, profile, source } = task
  const target = targets[profile.name]
  if (!target) throw new Error(`${profile.name} is no video profile`)
  const options = optionsOf(task, target)
  const size = fittedSize(content, options.maxHeightPx)
  const encoder = await workingEncoder(target, size, context)
  const primary = `result.${target.extension}`
  // An encoder that a killed child left behind may still write: never two into one file.
  const partial = join(context.resultDir, `result.${randomBytes(4).toString('hex')}.part`)
  try {
    const { code, stderr } = await runFfmpeg(
      {
        args: encodeArgs(task, target, encoder, size, options, context.tools.threads, partial),
        onSeconds: (done) =>
          context.progress(done / content.durationS, { work: { done, total: content.durationS, unit: 'x' } })
      },
      context
    )
    if (code !== 0) throw ffmpegFailure(code, stderr, [source.path, partial])
    await rename(partial, join(context.resultDir, primary))
  } catch (error) {
    await rm(partial, { force: true })
    throw writeFailureOf(error) ?? error
  }
  return { primary, report: describeResult(content, size, encoder) }
}

function optionsOf({ profile }: VideoTask, { maxCrf }: VideoTarget): VideoOptions {
  const options = profiles.h264.options.parse(profile.options)
  if (options.crf <= maxCrf) return options
  throw badOption(
    `Option "crf" = ${options.crf} does not fit profile ${profile.name}: its encoder takes 0 to ${maxCrf}.`,
    'Lower is better and larger.'
  )
}

/** Even sizes, as 4:2:0 needs; scaled down to the maximum height, never up (but from 1 pixel to 2). */
export function fittedSize({ widthPx, heightPx }: VideoContent, maxHeightPx: number | undefined) {
  const scale = Math.min(1, (maxHeightPx ?? heightPx) / heightPx)
  const even = (length: number) => Math.max(2, Math.floor((length * scale) / 2) * 2)
  return { widthPx: even(widthPx), heightPx: even(heightPx) }
}

/**
 * A constant rate: MP4 can't say how long the last of irregular pictures lasts, and players stumble over them.
 * ffmpeg turns the picture as its rotation says before it scales; `-map_metadata -1` also drops that mark.
 */
function encodeArgs(
  { source, content }: VideoTask,
  target: VideoTarget,
  encoder: Encoder,
  { widthPx, heightPx }: { widthPx: number; heightPx: number },
  { crf }: VideoOptions,
  threads: number,
  output: string
): string[] {
  const audio = content.audioIndex === undefined ? [] : ['-map', `0:${content.audioIndex}`, ...target.audio]
  return [
    ...['-y', '-threads', `${threads}`, '-filter_threads', `${threads}`],
    ...inputArgs(source.path),
    ...['-map', `0:${content.streamIndex}`, ...audio],
    ...['-map_metadata', '-1', '-map_chapters', '-1'],
    ...['-vf', `fps=${content.frameRate},scale=${widthPx}:${heightPx}:flags=bicubic`, '-pix_fmt', 'yuv420p'],
    ...['-c:v', encoder.name, '-crf', `${crf}`, ...encoder.args(threads)],
    ...target.muxer,
    `file:${output}`
  ]
}

function describeResult(content: VideoContent, size: { widthPx: number; heightPx: number }, encoder: Encoder) {
  return {
    sourceFormat: content.format,
    sourceWidthPx: content.widthPx,
    sourceHeightPx: content.heightPx,
    ...size,
    durationS: content.durationS,
    framesPerSecond: content.framesPerSecond,
    encoder: encoder.name,
    audio: content.audioIndex !== undefined
  }
}
