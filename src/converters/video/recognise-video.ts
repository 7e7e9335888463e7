import type { ProbeContext, SourceFile } from '../converter.ts'
import { damaged, noVideoStream, reasonOf } from '../failures.ts'
import { checkVideoSize } from '../limits.ts'
import type { VideoContent } from './content.ts'
import { durationOf, type ProbedFile, type ProbedStream, probeFile } from './ffprobe.ts'
import { measureStream } from './measure-stream.ts'

/**
 * What is in a video file; undefined if ffprobe knows no such container. `expected`: its first bytes say that it is one,
 * so that a failure means damage. Throws `no-video-stream`, `damaged`, `too-large`.
 */
export async function recogniseVideo(
  source: SourceFile,
  expected: boolean,
  context: ProbeContext
): Promise<VideoContent | undefined> {
  const probed = await probeFile(source.path, context)
  if ('reason' in probed) {
    if (!expected) return undefined
    throw damaged(
      `The video can't be opened: ${reasonOf(probed.reason, [`file:${source.path}`, source.path])}.`,
      'Copy it again; a recording that was interrupted may lack its end.'
    )
  }
  const { file } = probed
  const picture = file.streams.find(isPicture)
  if (!picture) throw nothingToSee(file)
  const { widthPx, heightPx } = shownSize(picture)
  const framesPerSecond = quotient(picture.avg_frame_rate)
  const told = isGuessed(file) ? undefined : durationOf(picture, file)
  const durationS = told || (await measureStream(source.path, picture.index, framesPerSecond, context))
  if (!(durationS > 0)) throw damaged('The video stream has no pictures in it.', 'Record or export it again.')
  checkVideoSize(widthPx, heightPx, durationS)
  return {
    kind: 'video',
    format: `${containerName(file)} (${(picture.codec_name ?? '?').toUpperCase()})`,
    codec: picture.codec_name ?? '?',
    streamIndex: picture.index,
    widthPx,
    heightPx,
    durationS,
    framesPerSecond,
    frameRate: steadyRate(picture),
    audioIndex: file.streams.find(({ codec_type }) => codec_type === 'audio')?.index
  }
}

/** A bare stream of pictures has no clock; what ffprobe says of it is its size divided by a guessed bit rate. */
function isGuessed(file: ProbedFile): boolean {
  return /^(h264|hevc|m4v|mpegvideo|obu|av1)$/.test(file.format?.format_name ?? '')
}

/** Covers of music and thumbnails are streams of pictures too. */
function isPicture({ codec_type, width, height, disposition }: ProbedStream): boolean {
  if (codec_type !== 'video' || !width || !height) return false
  return disposition?.attached_pic !== 1 && disposition?.timed_thumbnails !== 1
}

function nothingToSee(file: ProbedFile) {
  const found = file.streams.map(({ codec_type, codec_name }) => `${codec_type ?? 'data'} (${codec_name ?? 'unknown'})`)
  return noVideoStream(
    `The file has no video stream, only ${found.join(', ') || 'nothing'}.`,
    'Choose a file with moving pictures.'
  )
}

/** Phones store upright videos lying on their side. */
function shownSize({ width = 0, height = 0, side_data_list, tags }: ProbedStream) {
  const turned = side_data_list?.find(({ rotation }) => rotation !== undefined)?.rotation ?? Number(tags?.rotate ?? 0)
  const onItsSide = Math.abs(turned % 180) === 90
  return onItsSide ? { widthPx: height, heightPx: width } : { widthPx: width, heightPx: height }
}

const containerNames: [RegExp, string][] = [
  [/\bmp4\b/, 'MP4'],
  [/matroska/, 'Matroska/WebM'],
  [/\basf\b/, 'Windows Media'],
  [/mpegts/, 'MPEG-TS']
]

function containerName(file: ProbedFile): string {
  const told = file.format?.format_name ?? ''
  return containerNames.find(([pattern]) => pattern.test(told))?.[1] ?? told.split(',')[0]?.toUpperCase() ?? 'video'
}

/**
 * The rate at which no picture is lost. Browsers' recordings have a clock of 1,000 a second, which no player could
 * follow as a frame rate; then the average is what they were recorded at.
 */
function steadyRate({ r_frame_rate = '', avg_frame_rate = '' }: ProbedStream): string {
  const [base, average] = [quotient(r_frame_rate), quotient(avg_frame_rate)]
  const isClock = base > 120 && base > 2 * average
  if (base > 0 && !isClock) return r_frame_rate
  return average > 0 ? avg_frame_rate : '25/1'
}

/** `30000/1001` as a number; 0 where it makes no sense. */
function quotient(text: string | undefined): number {
  const [above, below] = (text ?? '').split('/').map(Number)
  return above && below ? above / below : 0
}
