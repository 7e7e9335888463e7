import type { ProbeContext } from '../converter.ts'
import { runTool } from '../process/run-tool.ts'
import { ffprobeOf, inputArgs } from './ffprobe.ts'

const silenceLimitMs = 60_000

/** Seconds up to the end of a stream's last packet, read without decoding: for files whose header does not say it. */
export async function measureStream(
  path: string,
  stream: number,
  framesPerSecond: number,
  context: ProbeContext
): Promise<number> {
  const frameS = 1 / (framesPerSecond || 25)
  let endS = 0
  let count = 0
  await runTool({
    command: ffprobeOf(context),
    args: [
      ...['-v', 'error', '-select_streams', `${stream}`, '-show_entries', 'packet=pts_time,duration_time'],
      ...['-of', 'compact=p=0:nk=0', ...inputArgs(path)]
    ],
    signal: context.signal,
    log: context.log,
    silenceLimitMs,
    onLine: (line) => {
      const { startS = count * frameS, lengthS = frameS } = packetTimes(line)
      count++
      endS = Math.max(endS, startS + lengthS)
    }
  })
  return endS
}

/** `pts_time=1.960000|duration_time=0.040000`; either may be `N/A`. */
export function packetTimes(line: string): { startS?: number; lengthS?: number } {
  const startS = /(?:^|\|)pts_time=(-?[\d.]+)/.exec(line)?.[1]
  const lengthS = /(?:^|\|)duration_time=([\d.]+)/.exec(line)?.[1]
  return {
    ...(startS !== undefined && { startS: Number(startS) }),
    ...(lengthS !== undefined && { lengthS: Number(lengthS) })
  }
}
