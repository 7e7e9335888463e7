import { join } from 'node:path'
import type { ConvertContext, Produced } from '../converter.ts'
import { damaged, reasonOf, verifyFailed } from '../failures.ts'
import type { VideoContent } from './content.ts'
import { runFfmpeg } from './ffmpeg-run.ts'
import { durationOf, inputArgs, probeFile } from './ffprobe.ts'

/** A result may differ by so much; where a single frame lasts longer, by one frame. */
const toleranceS = 0.1

/** Opens the result with ffprobe, compares size, streams and duration, and decodes all of it once. */
export async function verifyVideo(
  content: VideoContent,
  { primary, report }: Produced,
  context: ConvertContext
): Promise<void> {
  const path = join(context.resultDir, primary)
  const probed = await probeFile(path, context)
  if ('reason' in probed)
    throw verifyFailed(`The result can't be opened: ${reasonOf(probed.reason, [path])}.`, 'Retry.')
  const picture = probed.file.streams.find(({ codec_type }) => codec_type === 'video')
  const sound = probed.file.streams.some(({ codec_type }) => codec_type === 'audio')
  if (!picture) throw verifyFailed('The result has no video stream.', 'Retry.')
  if (picture.width !== report.widthPx || picture.height !== report.heightPx)
    throw verifyFailed(`The result has ${picture.width} x ${picture.height} pixels.`, 'Retry.')
  if (sound !== (content.audioIndex !== undefined)) throw verifyFailed('The result lacks its sound.', 'Retry.')
  checkDuration(content, durationOf(picture, probed.file) ?? 0)
  await decodeAll(path, content, context)
}

/** The encoder ran to its end, so what is missing was missing in the source. */
function checkDuration({ durationS, framesPerSecond }: VideoContent, actualS: number): void {
  const allowedS = Math.max(toleranceS, framesPerSecond > 0 ? 1 / framesPerSecond : 0)
  if (Math.abs(actualS - durationS) <= allowedS + 1e-6) return
  throw damaged(
    `The video says it lasts ${durationS.toFixed(2)} s, but ${actualS.toFixed(2)} s of pictures are in it.`,
    'It was probably cut short while being recorded or copied; copy it again.'
  )
}

async function decodeAll(path: string, { durationS }: VideoContent, context: ConvertContext): Promise<void> {
  const { code, stderr } = await runFfmpeg(
    {
      args: ['-xerror', '-threads', `${context.tools.threads}`, ...inputArgs(path), '-map', '0', '-f', 'null', '-'],
      onSeconds: (done) => context.progress(done / durationS, { work: { done, total: durationS, unit: 'x' } })
    },
    context
  )
  if (code !== 0)
    throw verifyFailed(`The result can't be decoded: ${reasonOf(stderr, [`file:${path}`, path])}.`, 'Retry.')
}
