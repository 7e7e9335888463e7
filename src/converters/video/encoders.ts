import type { ProbeContext } from '../converter.ts'
import { toolFailed } from '../failures.ts'
import { runFfmpeg } from './ffmpeg-run.ts'

/** A profile's video encoder and what it is told besides the constant rate factor. */
export interface Encoder {
  name: string
  args: (threads: number) => string[]
}

/** How a video profile is written; encoders in order of preference. */
export interface VideoTarget {
  extension: 'mp4' | 'webm'
  encoders: Encoder[]
  /** Highest constant rate factor that the encoders take. */
  maxCrf: number
  audio: string[]
  muxer: string[]
}

const aac = ['-c:a', 'aac', '-b:a', '128k']
const opus = ['-c:a', 'libopus', '-b:a', '96k']
const mp4 = ['-f', 'mp4', '-movflags', '+faststart', '-write_tmcd', '0']

const x264: Encoder = { name: 'libx264', args: (threads) => ['-preset', 'medium', '-threads', `${threads}`] }
/** x265 makes its own pool; `hvc1` is the only tag that Apple's players take. */
const x265: Encoder = {
  name: 'libx265',
  args: (threads) => ['-preset', 'fast', '-tag:v', 'hvc1', '-x265-params', `pools=${threads}:log-level=error`]
}
const vp9: Encoder = {
  name: 'libvpx-vp9',
  args: (threads) => ['-b:v', '0', '-deadline', 'good', '-cpu-used', '4', '-row-mt', '1', '-threads', `${threads}`]
}
const svtAv1: Encoder = { name: 'libsvtav1', args: (threads) => ['-preset', '8', '-svtav1-params', `lp=${threads}`] }
const libaom: Encoder = {
  name: 'libaom-av1',
  args: (threads) => ['-b:v', '0', '-cpu-used', '6', '-row-mt', '1', '-threads', `${threads}`]
}

/** Every video profile. */
export const targets: Record<string, VideoTarget | undefined> = {
  h264: { extension: 'mp4', encoders: [x264], maxCrf: 51, audio: aac, muxer: mp4 },
  h265: { extension: 'mp4', encoders: [x265], maxCrf: 51, audio: aac, muxer: mp4 },
  vp9: { extension: 'webm', encoders: [vp9], maxCrf: 63, audio: opus, muxer: ['-f', 'webm'] },
  av1: { extension: 'mp4', encoders: [svtAv1, libaom], maxCrf: 63, audio: aac, muxer: mp4 }
}

/** The first encoder that really encodes a few frames of this size here; `tool-failed` if none does. */
export async function workingEncoder(
  target: VideoTarget,
  size: { widthPx: number; heightPx: number },
  context: ProbeContext
): Promise<Encoder> {
  for (const encoder of target.encoders) {
    const source = `color=c=gray:s=${size.widthPx}x${size.heightPx}:r=10:d=0.3`
    const args = [
      '-f',
      'lavfi',
      '-i',
      source,
      '-pix_fmt',
      'yuv420p',
      '-c:v',
      encoder.name,
      ...encoder.args(1),
      '-f',
      'null',
      '-'
    ]
    const { code } = await runFfmpeg({ args }, context)
    if (code === 0) return encoder
  }
  const names = target.encoders.map(({ name }) => name).join(' or ')
  throw toolFailed(
    `This computer's ffmpeg can't encode ${size.widthPx} x ${size.heightPx} pixels with ${names}.`,
    'Install a complete ffmpeg there, or choose another profile.'
  )
}
