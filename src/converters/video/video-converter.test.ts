import { execFileSync } from 'node:child_process'
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test, vi } from 'vitest'
import { z } from 'zod'
import type { ProfileName } from '../../shared/domain/profiles.ts'
import { ForkedChild } from '../testing/forked-child.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { videoTools } from '../testing/tools.ts'
import { fittedSize } from './video-converter.ts'

// Several encoders on a machine that is busy with other tests.
vi.setConfig({ testTimeout: 60_000 })

const withFfmpeg = test.skipIf(videoTools === undefined)
const tools = videoTools ?? { ffmpegPath: '', ffprobePath: '' }
const ffmpeg = (...args: string[]) => execFileSync(tools.ffmpegPath, ['-v', 'error', '-nostdin', '-y', ...args])
const picture = (size: string, seconds: number) => ['-f', 'lavfi', '-i', `testsrc2=s=${size}:r=25:d=${seconds}`]
const sound = (seconds: number) => ['-f', 'lavfi', '-i', `sine=d=${seconds}`]
const patient = 'Doe^Jane'

const shown = z.object({
  streams: z.array(
    z.object({
      codec_type: z.string(),
      codec_name: z.string(),
      width: z.number().optional(),
      height: z.number().optional(),
      pix_fmt: z.string().optional(),
      side_data_list: z.array(z.unknown()).optional()
    })
  ),
  chapters: z.array(z.unknown()),
  format: z.object({ duration: z.coerce.number(), tags: z.record(z.string(), z.string()).optional() })
})

function probe(path: string) {
  const args = ['-v', 'error', '-of', 'json', '-show_streams', '-show_format', '-show_chapters', path]
  return shown.parse(JSON.parse(execFileSync(tools.ffprobePath, args, { encoding: 'utf8' })))
}

/** A recording with sound, chapters, and a patient's words in every place that takes them. */
async function recording(dir: string): Promise<string> {
  const chapters = join(dir, 'chapters.txt')
  await writeFile(
    chapters,
    `;FFMETADATA1\ntitle=${patient}\n[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=1\ntitle=${patient}\n`
  )
  const path = join(dir, `${patient} "left" 🎬.svs`)
  const words = [
    '-metadata',
    `comment=${patient}`,
    '-metadata:s:v:0',
    `handler_name=${patient}`,
    '-metadata:s:a:0',
    `title=${patient}`
  ]
  const inputs = [
    ...picture('321x243', 2),
    ...sound(2),
    '-i',
    chapters,
    '-map',
    '0',
    '-map',
    '1',
    '-map_metadata',
    '2',
    '-map_chapters',
    '2'
  ]
  ffmpeg(
    ...inputs,
    ...words,
    '-pix_fmt',
    'yuv444p',
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-c:a',
    'aac',
    '-f',
    'mp4',
    `file:${path}`
  )
  return path
}

const expectations: [ProfileName, string, string, string][] = [
  ['h264', 'result.mp4', 'h264', 'aac'],
  ['h265', 'result.mp4', 'hevc', 'aac'],
  ['vp9', 'result.webm', 'vp9', 'opus'],
  ['av1', 'result.mp4', 'av1', 'aac']
]

withFfmpeg.each(expectations)(
  '%s: %s with %s and %s, even sizes, the same length, and no words',
  async (profile, file, videoCodec, audioCodec) => {
    await using dir = await tempDir()
    await using child = await ForkedChild.start(tools)
    const sourcePath = await recording(dir.path)
    const out = join(dir.path, 'out')
    await mkdir(out)
    const result = await child.convert({ sourcePath, kind: 'video', profile, output: { type: 'folder', dir: out } })
    expect(result).toMatchObject({ primary: file, packed: false, report: { widthPx: 320, heightPx: 242, audio: true } })
    expect(await readdir(out)).toEqual([file])
    const { streams, chapters, format } = probe(join(out, file))
    expect(streams.map(({ codec_name }) => codec_name)).toEqual([videoCodec, audioCodec])
    expect(streams[0]).toMatchObject({ width: 320, height: 242, pix_fmt: 'yuv420p' })
    expect(chapters).toEqual([])
    expect(Math.abs(format.duration - 2)).toBeLessThan(0.1)
    const bytes = await readFile(join(out, file))
    expect(bytes.includes(patient)).toBe(false)
    if (file.endsWith('mp4')) expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'))
    const stages = child.messages.flatMap((message) => (message.type === 'progress' ? [message.progress.stage] : []))
    expect(new Set(stages)).toEqual(new Set(['converting', 'verifying']))
  }
)

withFfmpeg('the result’s pictures are those of the source', async () => {
  await using dir = await tempDir()
  await using child = await ForkedChild.start(tools)
  const sourcePath = join(dir.path, 'in.mkv')
  ffmpeg(...picture('320x240', 1), '-c:v', 'ffv1', sourcePath)
  const path = join(dir.path, 'blob')
  const options = { crf: 12 }
  await child.convert({ sourcePath, kind: 'video', profile: 'h264', options, output: { type: 'blob', path } })
  const log = join(dir.path, 'psnr.log')
  ffmpeg('-i', sourcePath, '-i', path, '-lavfi', `psnr=stats_file=${log}`, '-f', 'null', '-')
  const frames = [...(await readFile(log, 'utf8')).matchAll(/psnr_y:([\d.]+|inf)/g)].map(([, value]) => Number(value))
  expect(frames).toHaveLength(25)
  expect(Math.min(...frames)).toBeGreaterThan(35)
})

withFfmpeg('a video that lies on its side is put upright and scaled down, never up', async () => {
  await using dir = await tempDir()
  await using child = await ForkedChild.start(tools)
  const plain = join(dir.path, 'plain.mp4')
  ffmpeg(...picture('320x180', 1), '-c:v', 'libx264', '-preset', 'ultrafast', plain)
  const sourcePath = join(dir.path, 'turned.mp4')
  turn(plain, sourcePath)
  const thumbnail = join(dir.path, 'thumb')
  expect(await child.probe(sourcePath, thumbnail)).toMatchObject({
    kind: 'video',
    widthPx: 180,
    heightPx: 320,
    durationS: 1,
    hasThumbnail: true
  })
  const small = await sharp(thumbnail).metadata()
  expect([small.format, small.width, small.height]).toEqual(['jpeg', 144, 256])
  for (const [maxHeightPx, size] of [
    [160, [90, 160]],
    [4000, [180, 320]]
  ] as const) {
    const path = join(dir.path, 'blob')
    await child.convert({
      sourcePath,
      kind: 'video',
      profile: 'h264',
      options: { maxHeightPx },
      output: { type: 'blob', path }
    })
    const [video, ...others] = probe(path).streams
    expect([video?.width, video?.height, video?.side_data_list, others]).toEqual([...size, undefined, []])
  }
})

/** The mark of a phone held upright; ffmpeg 6 took the old way to write it away. */
function turn(from: string, to: string): void {
  const version = execFileSync(tools.ffmpegPath, ['-version'], { encoding: 'utf8' })
  const isOld = Number(/version n?(\d+)/.exec(version)?.[1] ?? 6) < 6
  if (isOld) ffmpeg('-i', from, '-c', 'copy', '-metadata:s:v:0', 'rotate=90', to)
  else ffmpeg('-display_rotation', '90', '-i', from, '-c', 'copy', to)
}

test('sizes are even and keep the shape', () => {
  const of = (widthPx: number, heightPx: number, max?: number) => {
    const content = {
      kind: 'video',
      format: '',
      codec: '',
      streamIndex: 0,
      durationS: 1,
      framesPerSecond: 25,
      frameRate: '25/1',
      audioIndex: undefined
    } as const
    const size = fittedSize({ ...content, widthPx, heightPx }, max)
    return [size.widthPx, size.heightPx]
  }
  expect(of(1921, 1081)).toEqual([1920, 1080])
  expect(of(1920, 1080, 720)).toEqual([1280, 720])
  expect(of(1080, 1920, 720)).toEqual([404, 720])
  expect(of(1, 1)).toEqual([2, 2])
})

withFfmpeg('sound alone has no video stream, with and without a cover', async () => {
  await using dir = await tempDir()
  await using child = await ForkedChild.start(tools)
  const audio = join(dir.path, 'audio.mp4')
  ffmpeg(...sound(1), audio)
  const cover = join(dir.path, 'cover.png')
  await sharp({ create: { width: 64, height: 64, channels: 3, background: 'red' } })
    .png()
    .toFile(cover)
  const covered = join(dir.path, 'covered.m4a')
  ffmpeg(
    '-i',
    audio,
    '-i',
    cover,
    '-map',
    '0',
    '-map',
    '1',
    '-c',
    'copy',
    '-disposition:v:0',
    'attached_pic',
    '-f',
    'mp4',
    covered
  )
  for (const path of [audio, covered])
    expect(await child.probeFailure(path)).toMatchObject({
      code: 'no-video-stream',
      class: 'input',
      message: expect.stringContaining('audio (aac)')
    })
})

withFfmpeg('a recording that was cut short is damaged, whether its index is gone or its pictures', async () => {
  await using dir = await tempDir()
  await using child = await ForkedChild.start(tools)
  const whole = join(dir.path, 'whole')
  const out = join(dir.path, 'out')
  await mkdir(out)
  for (const flags of [[], ['-movflags', '+faststart']]) {
    ffmpeg(...picture('320x240', 4), '-c:v', 'libx264', '-preset', 'ultrafast', '-f', 'mp4', ...flags, whole)
    const bytes = await readFile(whole)
    const sourcePath = join(dir.path, 'cut.mp4')
    await writeFile(sourcePath, bytes.subarray(0, bytes.length * 0.6))
    const error = await child.failure({
      sourcePath,
      kind: 'video',
      profile: 'h264',
      output: { type: 'folder', dir: out }
    })
    expect(error).toMatchObject({ code: 'damaged', class: 'input' })
    expect(error.message).not.toContain(dir.path)
    expect(await readdir(out)).toEqual([])
  }
})

withFfmpeg('videos without a clock or with irregular pictures keep their length', async () => {
  await using dir = await tempDir()
  await using child = await ForkedChild.start(tools)
  const bare = join(dir.path, 'bare')
  ffmpeg(...picture('160x120', 2), '-c:v', 'libx264', '-f', 'h264', bare)
  const live = join(dir.path, 'live')
  const recorded = [...picture('160x120', 2), '-c:v', 'libvpx', '-live', '1', '-f', 'webm', 'pipe:1']
  await writeFile(live, execFileSync(tools.ffmpegPath, ['-v', 'error', ...recorded], { maxBuffer: 1 << 26 }))
  const irregular = join(dir.path, 'irregular')
  const dropped = 'select=not(mod(n\\,7))+lt(n\\,20)'
  ffmpeg(...picture('160x120', 4), '-vf', dropped, '-vsync', 'vfr', '-c:v', 'libx264', '-f', 'matroska', irregular)
  for (const [sourcePath, seconds] of [
    [bare, 2],
    [live, 2],
    [irregular, 4]
  ] as const) {
    expect(Math.abs(((await child.probe(sourcePath)).durationS ?? 0) - seconds)).toBeLessThan(0.1)
    for (const profile of ['h264', 'vp9'])
      await child.convert({
        sourcePath,
        kind: 'video',
        profile,
        output: { type: 'blob', path: join(dir.path, 'blob') }
      })
  }
})

withFfmpeg('a rate factor that the encoder does not take is refused before it runs', async () => {
  await using dir = await tempDir()
  await using child = await ForkedChild.start(tools)
  const sourcePath = join(dir.path, 'in.mp4')
  ffmpeg(...picture('320x240', 1), '-c:v', 'libx264', sourcePath)
  const error = await child.failure({
    sourcePath,
    kind: 'video',
    profile: 'h264',
    options: { crf: 60 },
    output: { type: 'folder', dir: dir.path }
  })
  expect(error).toMatchObject({ code: 'bad-option', class: 'input', message: expect.stringContaining('60') })
})

test('without ffmpeg a video is the node’s failure, with a hint', async () => {
  await using dir = await tempDir()
  await using child = await ForkedChild.start()
  const path = join(dir.path, 'a')
  await writeFile(path, Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isom', 'latin1'))
  expect(await child.probeFailure(path)).toMatchObject({
    code: 'tool-missing',
    class: 'node',
    hint: expect.stringContaining('doctor')
  })
})

/** An hour, so that no machine finishes it while a test looks. */
async function longVideo(dir: string): Promise<string> {
  const short = join(dir, 'short.ts')
  ffmpeg(...picture('320x240', 10), '-c:v', 'libx264', '-preset', 'ultrafast', '-f', 'mpegts', short)
  const path = join(dir, 'long.mkv')
  ffmpeg('-stream_loop', '359', '-i', short, '-c', 'copy', path)
  return path
}

/** Programs whose arguments name this folder. */
async function programsIn(dir: string): Promise<number[]> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0 && pid !== process.pid)
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '')))
  return pids.filter((_, i) => lines[i]?.includes(dir) === true)
}

async function untilGone(dir: string): Promise<void> {
  const deadline = Date.now() + 60_000
  while ((await programsIn(dir)).length > 0) {
    if (Date.now() > deadline) throw new Error('ffmpeg lives on')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const onLinux = test.skipIf(videoTools === undefined || process.platform !== 'linux')

onLinux('a cancelled video ends its ffmpeg and leaves nothing', async () => {
  await using dir = await tempDir()
  await using child = await ForkedChild.start(tools)
  const sourcePath = await longVideo(dir.path)
  const out = join(dir.path, 'out')
  await mkdir(out)
  const wish = child.wish({ sourcePath, kind: 'video', profile: 'h264', output: { type: 'folder', dir: out } })
  child.send(wish)
  const told = () => child.messages.flatMap((message) => (message.type === 'progress' ? [message.progress] : []))
  await child.until(() => told().some(({ speed, remainingMs = 0 }) => speed?.unit === 'x' && remainingMs > 0))
  expect(await programsIn(out)).toHaveLength(1)
  child.send({ type: 'cancel', id: wish.id })
  expect(await child.ended(wish.id)).toMatchObject({ type: 'failed', error: { code: 'cancelled' } })
  expect(await programsIn(out)).toEqual([])
  expect(await readdir(out)).toEqual([])
})

onLinux('ffmpeg ends when the engine is gone', async () => {
  await using dir = await tempDir()
  await using child = await ForkedChild.start(tools)
  const sourcePath = await longVideo(dir.path)
  const out = join(dir.path, 'out')
  await mkdir(out)
  child.send(child.wish({ sourcePath, kind: 'video', profile: 'h264', output: { type: 'folder', dir: out } }))
  await child.until(() =>
    child.messages.some((message) => message.type === 'progress' && message.progress.progress > 0)
  )
  child.process.disconnect()
  await child.until(() => false)
  await untilGone(out)
  expect(await readdir(out)).toEqual([])
})

withFfmpeg('a file that a killed child left half done does not disturb the next', async () => {
  await using dir = await tempDir()
  await using child = await ForkedChild.start(tools)
  const sourcePath = join(dir.path, 'in.mp4')
  ffmpeg(...picture('320x240', 1), '-c:v', 'libx264', sourcePath)
  const out = join(dir.path, 'out')
  await mkdir(out)
  await copyFile(sourcePath, join(out, 'result.0badcafe.part'))
  await copyFile(sourcePath, join(out, 'result.mp4'))
  await child.convert({ sourcePath, kind: 'video', profile: 'vp9', output: { type: 'folder', dir: out } })
  expect(await readdir(out)).toEqual(['result.webm'])
})
