import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'

/** As fast as each can be: the result is looked at by nobody. */
const encoders: Record<string, string[]> = {
  h264: ['libx264', '-preset', 'ultrafast'],
  h265: ['libx265', '-preset', 'ultrafast'],
  vp9: ['libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8'],
  av1: ['libsvtav1', '-preset', '12']
}

/** Streams a URL into a file. Throws for any answer but 200. */
export async function download(url: string, file: string, signal: AbortSignal): Promise<void> {
  const response = await fetch(url, { signal })
  if (response.status !== 200 || !response.body) throw new Error(`the source answered ${response.status}`)
  await pipeline(Readable.fromWeb(response.body as ReadableStream<Uint8Array>), createWriteStream(file), { signal })
}

/** Converts with the system's ffmpeg; `atRealTime` takes as long as the film lasts. Throws with what ffmpeg said. */
export async function transcode(
  files: { from: string; to: string },
  codec: string,
  { atRealTime, signal }: { atRealTime: boolean; signal: AbortSignal }
): Promise<void> {
  const pace = atRealTime ? ['-re'] : []
  const video = ['-c:v', ...(encoders[codec] ?? [codec]), '-threads', '1', '-an']
  const child = spawn('ffmpeg', ['-v', 'error', '-y', ...pace, '-i', files.from, ...video, files.to], {
    stdio: ['ignore', 'ignore', 'pipe']
  })
  const kill = () => child.kill('SIGKILL')
  signal.addEventListener('abort', kill, { once: true })
  let said = ''
  child.stderr.on('data', (text) => {
    said = `${said}${text}`.slice(-500)
  })
  const [code] = await once(child, 'close')
  signal.removeEventListener('abort', kill)
  signal.throwIfAborted()
  if (code !== 0) throw new Error(`ffmpeg ended with ${code}: ${said}`)
}
