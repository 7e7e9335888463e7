import { z } from 'zod'
import type { ProbeContext } from '../converter.ts'
import { toolMissing } from '../failures.ts'
import { runTool } from '../process/run-tool.ts'

const count = z.coerce.number().optional().catch(undefined)

const stream = z.object({
  index: z.number().int(),
  codec_type: z.string().optional(),
  codec_name: z.string().optional(),
  width: z.number().optional(),
  height: z.number().optional(),
  avg_frame_rate: z.string().optional(),
  r_frame_rate: z.string().optional(),
  duration: count,
  disposition: z.object({ attached_pic: z.number().optional(), timed_thumbnails: z.number().optional() }).optional(),
  tags: z.record(z.string(), z.string()).optional(),
  side_data_list: z.array(z.object({ rotation: z.number().optional() })).optional()
})
const answer = z.object({
  streams: z.array(stream).default([]),
  format: z.object({ format_name: z.string().default(''), duration: count }).optional()
})

/** A stream as ffprobe tells it. */
export type ProbedStream = z.infer<typeof stream>
/** A file as ffprobe tells it; tags are read for one thing only, Matroska's DURATION. */
export type ProbedFile = z.infer<typeof answer>

/**
 * Containers that a camera, a microscope or a screen recorder writes. Everything else is shut out: ffmpeg takes plain
 * text for ANSI art, and playlists would make it open other files and addresses.
 */
const containers = [
  ...['mov', 'matroska', 'avi', 'asf', 'mpeg', 'mpegts', 'mpegvideo', 'flv', 'ogg', 'mxf', 'dv', 'ivf', 'nut', 'wtv'],
  ...[
    'h264',
    'hevc',
    'm4v',
    'obu',
    'av1',
    'rm',
    'y4m',
    'yuv4mpegpipe',
    'mp3',
    'wav',
    'flac',
    'aac',
    'aiff',
    'ac3',
    'amr'
  ]
]

const silenceLimitMs = 30_000

/** Arguments that name a source safely: only the local file itself, only as one of {@link containers}. */
export function inputArgs(path: string): string[] {
  return ['-protocol_whitelist', 'file', '-format_whitelist', containers.join(','), '-i', `file:${path}`]
}

/** Path of ffprobe, or `tool-missing`. */
export function ffprobeOf({ tools }: ProbeContext): string {
  if (tools.ffprobePath !== undefined) return tools.ffprobePath
  throw toolMissing('ffprobe was not found on this computer.', 'Run `microtome doctor` to see how to turn video on.')
}

/** Path of ffmpeg, or `tool-missing`. */
export function ffmpegOf({ tools }: ProbeContext): string {
  if (tools.ffmpegPath !== undefined) return tools.ffmpegPath
  throw toolMissing('ffmpeg was not found on this computer.', 'Run `microtome doctor` to see how to turn video on.')
}

/** What ffprobe finds in a file; `reason` where it finds nothing that it knows. */
export async function probeFile(
  path: string,
  context: ProbeContext
): Promise<{ file: ProbedFile } | { reason: string }> {
  const shown =
    'stream=index,codec_type,codec_name,width,height,avg_frame_rate,r_frame_rate,duration:stream_disposition=attached_pic,timed_thumbnails'
  const { code, stdout, stderr } = await runTool({
    command: ffprobeOf(context),
    args: [
      ...['-v', 'error', '-of', 'json', '-show_entries'],
      `${shown}:stream_tags=DURATION,rotate:stream_side_data=rotation:format=format_name,duration`,
      ...inputArgs(path)
    ],
    signal: context.signal,
    log: context.log,
    silenceLimitMs
  })
  if (code === 0) return { file: answer.parse(JSON.parse(stdout)) }
  return { reason: stderr }
}

/** Seconds of a stream: its own, Matroska's tag (`00:00:02.040000000`), else the container's. */
export function durationOf(stream: ProbedStream, file: ProbedFile): number | undefined {
  return stream.duration ?? clockSeconds(stream.tags?.DURATION) ?? file.format?.duration
}

function clockSeconds(text: string | undefined): number | undefined {
  const found = /^(\d+):(\d+):(\d+(?:\.\d+)?)$/.exec(text ?? '')
  return found ? Number(found[1]) * 3600 + Number(found[2]) * 60 + Number(found[3]) : undefined
}
