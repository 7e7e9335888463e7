import { rm } from 'node:fs/promises'
import type { ProbeContext, SourceFile } from '../converter.ts'
import { damaged } from '../failures.ts'
import type { VideoContent } from './content.ts'
import { ffmpegFailure, runFfmpeg } from './ffmpeg-run.ts'
import { inputArgs } from './ffprobe.ts'

/** Recordings often begin in black. */
const intoVideoS = 1

/** One frame from the first second or tenth of the video, as a JPEG of at most 256 px a side. */
export async function videoThumbnail(
  source: SourceFile,
  content: VideoContent,
  path: string,
  context: ProbeContext
): Promise<boolean> {
  const at = Math.min(intoVideoS, content.durationS / 10)
  const scale = Math.min(1, 256 / Math.max(content.widthPx, content.heightPx))
  const side = (length: number) => Math.max(2, Math.round(length * scale))
  const args = [
    ...['-y', '-ss', at.toFixed(3), ...inputArgs(source.path), '-map', `0:${content.streamIndex}`],
    ...['-frames:v', '1', '-vf', `scale=${side(content.widthPx)}:${side(content.heightPx)}`, '-pix_fmt', 'yuvj420p'],
    ...['-map_metadata', '-1', '-c:v', 'mjpeg', '-q:v', '4', '-f', 'image2', '-update', '1', `file:${path}`]
  ]
  const { code, stderr } = await runFfmpeg({ args }, context)
  if (code === 0) return true
  await rm(path, { force: true })
  throw damaged(
    `The video's pictures can't be decoded: ${ffmpegFailure(code, stderr, [source.path, path]).message}`,
    'Copy it again from where it was made.'
  )
}
