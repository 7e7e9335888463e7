import type { ProbeContext } from '../converter.ts'
import { toolFailed, writeFailureOf } from '../failures.ts'
import { runTool } from '../process/run-tool.ts'
import { ffmpegOf } from './ffprobe.ts'
import { progressSeconds } from './progress-lines.ts'

/** Slow encoders on old machines take seconds a frame; nothing takes this long. */
const silenceLimitMs = 300_000

/** One run of ffmpeg; `onSeconds` gets the time stamp up to which it wrote. */
export interface FfmpegRun {
  args: string[]
  onSeconds?: (seconds: number) => void
}

/** Runs ffmpeg with its progress on stdout; answers how it ended. */
export async function runFfmpeg({ args, onSeconds }: FfmpegRun, context: ProbeContext) {
  const always = ['-nostdin', '-hide_banner', '-v', 'error', '-progress', 'pipe:1', '-stats_period', '0.25']
  return runTool({
    command: ffmpegOf(context),
    args: [...always, ...args],
    signal: context.signal,
    log: context.log,
    silenceLimitMs,
    onLine: (line) => {
      const seconds = progressSeconds(line)
      if (seconds !== undefined) onSeconds?.(seconds)
    }
  })
}

/** Last line of what ffmpeg said, as the reason of a failure. */
export function ffmpegFailure(code: number | null, stderr: string, paths: string[]) {
  const full = writeFailureOf(new Error(stderr))
  if (full) return full
  const bare = paths.reduce(
    (text, path) => text.replaceAll(`file:${path}`, 'the file').replaceAll(path, 'the file'),
    stderr
  )
  const line = bare.trim().split('\n').at(-1)?.slice(0, 300) ?? ''
  return toolFailed(
    `ffmpeg ended with ${code === null ? 'a signal' : `code ${code}`}: ${line}`,
    'See the log lines; retry.'
  )
}
