import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Run } from './run.ts'
import { runProcess } from './testing/run-process.ts'
import { ffmpegStaticPath, toolCandidates } from './tool-candidates.ts'
import { openTools, type ToolsMonitor, type ToolsOptions } from './tools.ts'

let dir: string
let commands: string[]
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'microtome-tools-'))
  commands = []
})
afterEach(() => rmSync(dir, { recursive: true }))

const watched: Run = (file, args, options) => {
  commands.push(`${file} ${args.join(' ')}`)
  return runProcess(file, args, options)
}

async function open(options: Partial<ToolsOptions> = {}): Promise<ToolsMonitor> {
  const cacheFile = join(dir, 'tools.json')
  return openTools({
    run: watched,
    platform: 'linux',
    environment: {},
    settings: {},
    cacheFile,
    packaged: undefined,
    ...options
  })
}

/** A program that says it is ffmpeg or ffprobe and encodes with `encoders` alone; the others are unknown to it. */
function fake(name: string, encoders: string[] = [], refusal = 'Unknown encoder'): string {
  const path = join(dir, name)
  const pattern = encoders.map((encoder) => `*" ${encoder} "*`).join('|') || 'none'
  const version = name.startsWith('ffprobe') ? 'ffprobe version 7.1' : 'ffmpeg version 7.1-fake'
  writeFileSync(
    path,
    `#!/bin/sh\ncase " $* " in *-version*) echo "${version} Copyright";; ${pattern}) exit 0;; *) echo "${refusal}" >&2; exit 1;; esac\n`
  )
  chmodSync(path, 0o755)
  return path
}

describe('where tools are looked for', () => {
  it('is setting, environment, package, beside ffmpeg, PATH; each place once', () => {
    const environment = { FFPROBE_BIN: '/env/ffprobe', PATH: '/usr/bin::/opt/x' }
    const places = { platform: 'linux' as const, environment, setting: '/set/ffprobe', beside: '/usr/bin/ffmpeg' }
    expect(toolCandidates('ffprobe', places).map(({ path }) => path)).toEqual([
      '/set/ffprobe',
      '/env/ffprobe',
      '/usr/bin/ffprobe',
      '/opt/x/ffprobe'
    ])
  })

  it('follows the rules of Windows there', () => {
    const environment = { Path: 'C:\\Windows;C:\\ffmpeg\\bin' }
    expect(toolCandidates('ffmpeg', { platform: 'win32', environment, setting: ' ' }).map(({ path }) => path)).toEqual([
      'C:\\Windows\\ffmpeg.exe',
      'C:\\ffmpeg\\bin\\ffmpeg.exe'
    ])
  })

  it('includes ffmpeg-static where it is installed, and survives that it is not', () => {
    expect(['string', 'undefined']).toContain(typeof ffmpegStaticPath())
  })
})

const withoutVideo = ['dzi', 'szi', 'bigtiff', 'iiif3', 'zoomify', 'webp', 'jpeg', 'png']

describe('the tools of video', () => {
  it('are the real ones of this machine, every encoder tried', async (context) => {
    const tools = await (await open({ environment: { PATH: process.env.PATH } })).settled()
    if (tools.ffmpegPath === undefined) context.skip('no ffmpeg on this machine')
    expect(tools.ffmpegVersion).toMatch(/^\S+$/)
    expect(tools.encoders).toContain('libx264')
    expect(tools.profiles).toEqual(expect.arrayContaining(['dzi', 'webp', 'h264']))
  })

  it('are answered at once from what an earlier start found out', async () => {
    const environment = { PATH: dir }
    fake('ffmpeg', ['libx264', 'libx265', 'libvpx-vp9', 'libsvtav1', 'libaom-av1'])
    fake('ffprobe')
    const first = await open({ environment })
    expect(first.current().hint).toBe('ffmpeg is being looked for.')
    await first.settled()
    expect(commands).toHaveLength(7)
    commands = []
    // A package that names a path without a file costs nothing.
    const second = await open({ environment, packaged: '/no/such/ffmpeg' })
    expect(second.current().profiles).toEqual([...withoutVideo, 'h264', 'h265', 'vp9', 'av1'])
    expect(second.current()).toEqual(await first.settled())
    expect(commands).toEqual([])
  })

  it('are tried again where the binary changed, or when asked to', async () => {
    const environment = { PATH: dir }
    const ffmpeg = fake('ffmpeg', ['libx264'])
    fake('ffprobe')
    await (await open({ environment })).settled()
    utimesSync(ffmpeg, 1, 1)
    commands = []
    const tools = await open({ environment })
    await tools.settled()
    expect(commands).toHaveLength(6)
    await tools.search({ fresh: true })
    expect(commands).toHaveLength(13)
  })

  it('are not remembered where an encoder failed for a reason that may pass', async () => {
    fake('ffmpeg', ['libx264'], 'Cannot allocate memory')
    fake('ffprobe')
    await (await open({ environment: { PATH: dir } })).settled()
    expect(Object.keys(JSON.parse(readFileSync(join(dir, 'tools.json'), 'utf8')))).toEqual([join(dir, 'ffprobe')])
  })

  it('offer the profiles whose encoder works, and say which are missing', async () => {
    fake('ffmpeg', ['libx264', 'libaom-av1'])
    fake('ffprobe')
    const tools = await (await open({ environment: { PATH: dir } })).settled()
    expect(tools.profiles).toEqual([...withoutVideo, 'h264', 'av1'])
    expect(tools.hint).toBe('This ffmpeg has no working encoder for h265, vp9.')
  })

  it('count once they ran; one that was named and did not is told', async () => {
    const broken = join(dir, 'broken')
    cpSync(fake('ffmpeg', ['libx264']), broken)
    writeFileSync(broken, '#!/bin/sh\nexit 1\n')
    fake('ffprobe')
    const environment = { PATH: dir, FFMPEG_BIN: '/no/such/ffmpeg' }
    const tools = await (await open({ environment, settings: { ffmpegPath: broken } })).settled()
    expect(tools.ffmpegPath).toBe(join(dir, 'ffmpeg'))
    expect(tools.hint).toContain(`The setting ffmpegPath names ${broken}, which did not run.`)
    expect(tools.hint).toContain('FFMPEG_BIN names /no/such/ffmpeg, which did not run.')
  })

  it('leave video off where one is missing, with how to turn it on', async () => {
    const none = await (await open()).settled()
    expect(none.profiles).toEqual(withoutVideo)
    expect(none.hint).toContain('no ffmpeg was found: install both with "apt install ffmpeg"')
    fake('ffmpeg', ['libx264'])
    const half = await (await open({ environment: { PATH: dir }, platform: 'darwin' })).settled()
    expect(half.hint).toContain('no ffprobe was found: install both with "brew install ffmpeg"')
    expect(half.profiles).not.toContain('h264')
  })

  it('are looked for again when a setting changes, and tell it', async () => {
    const tools = await open()
    await tools.settled()
    const changed = vi.fn()
    tools.onChange(changed)
    await tools.search({ settings: { ffmpegPath: fake('ffmpeg', ['libx264']), ffprobePath: fake('ffprobe') } })
    await tools.search()
    expect(changed).toHaveBeenCalledTimes(1)
    expect(tools.current().profiles).toContain('h264')
  })

  it('are found also where the memory of them is damaged', async () => {
    fake('ffmpeg', ['libx264'])
    fake('ffprobe')
    writeFileSync(join(dir, 'tools.json'), '{"x": [')
    expect((await (await open({ environment: { PATH: dir } })).settled()).encoders).toEqual(['libx264'])
  })
})
