import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { provideFfmpeg, provideOpenSlide, type SetUp } from './setup-tools.mjs'
import { program, put, temporaryFolder } from './testing/temporary-folder.ts'

/** A Debian with nothing but a shell; `apt-get install` puts programs that run into `bin`, and every call into `calls`. */
function debian(change: Partial<SetUp> = {}) {
  const root = temporaryFolder()
  const bin = join(root, 'bin')
  const install = `for tool in ffmpeg ffprobe; do printf '#!/bin/sh\\nexit 0\\n' >${bin}/$tool; /bin/chmod 755 ${bin}/$tool; done`
  program(
    bin,
    'apt-get',
    `echo "$@" >>${root}/calls
case "$*" in
*install*libopenslide0*) echo 'libopenslide.so.0 (libc6,x86-64)' >>${root}/libraries;;
*install*) ${install};;
esac`
  )
  program(bin, 'ldconfig', `while read -r line; do echo "$line"; done <${put(root, 'libraries', '')}`)
  const lines: string[] = []
  const setUp: SetUp = {
    root,
    node: process.execPath,
    memoryDir: join(root, 'memory'),
    env: { PATH: bin },
    uid: 0,
    osRelease: put(root, 'os-release', 'NAME="Debian"\nID=debian\n'),
    say: (line) => void lines.push(line),
    ...change
  }
  const calls = () => (existsSync(join(root, 'calls')) ? readFileSync(join(root, 'calls'), 'utf8') : '')
  return { setUp, bin, lines, calls }
}

describe('setting up video', () => {
  test('installs Debian’s ffmpeg as root, update first, and says so in one line', async () => {
    const { setUp, lines, calls } = debian()
    expect(await provideFfmpeg(setUp)).toBeUndefined()
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain("Installing Debian's ffmpeg")
    expect(calls()).toMatch(/ update\n.* install -y .*ffmpeg\n/)
  })

  test('touches nothing where ffmpeg and ffprobe run', async () => {
    const { setUp, bin, lines, calls } = debian()
    program(bin, 'ffmpeg', 'exit 0')
    program(bin, 'ffprobe', 'exit 0')
    expect(await provideFfmpeg(setUp)).toBeUndefined()
    expect([lines, calls()]).toEqual([[], ''])
  })

  test('counts no ffmpeg that is there but does not run', async () => {
    const { setUp, bin, calls } = debian()
    program(bin, 'ffmpeg', 'exit 1')
    program(bin, 'ffprobe', 'exit 1')
    expect(await provideFfmpeg(setUp)).toBeUndefined()
    expect(calls()).toContain('install')
  })

  test('counts what FFMPEG_BIN and FFPROBE_BIN name', async () => {
    const { setUp, bin, calls } = debian()
    const named = program(join(bin, '..', 'other'), 'tool', 'exit 0')
    expect(
      await provideFfmpeg({ ...setUp, env: { ...setUp.env, FFMPEG_BIN: named, FFPROBE_BIN: named } })
    ).toBeUndefined()
    expect(calls()).toBe('')
  })

  test.each([
    ['MICROTOME_NO_SETUP=1', { env: 'forbidden' }, /MICROTOME_NO_SETUP=1 forbids it/],
    ['another user than root', { uid: 1000 }, /only root may install packages/],
    ['another system than Debian', { osRelease: '/dev/null' }, /this is no Debian/]
  ])('says how to turn video on with %s, and installs nothing', async (_case, change, words) => {
    const { setUp, calls } = debian()
    const env = 'env' in change ? { ...setUp.env, MICROTOME_NO_SETUP: '1' } : setUp.env
    const sentence = await provideFfmpeg({ ...setUp, ...change, env })
    expect(sentence).toMatch(/^Video is off: install ffmpeg and ffprobe/)
    expect(sentence).toMatch(words)
    expect(calls()).toBe('')
  })

  test('survives an apt that is locked, says why, and does not try again at the next start', async () => {
    const { setUp, bin, calls } = debian()
    const locked = "echo 'E: Could not get lock /var/lib/dpkg/lock-frontend' >&2; exit 100"
    program(bin, 'apt-get', `echo "$@" >>${setUp.root}/calls; ${locked}`)
    expect(await provideFfmpeg(setUp)).toMatch(/Could not get lock/)
    const before = calls()
    expect(await provideFfmpeg(setUp)).toMatch(/Could not get lock/)
    expect(calls()).toBe(before)
  })
})

describe.skipIf(process.platform !== 'linux')('setting up OpenSlide', () => {
  test('installs Debian’s library as root, and says so in one line', async () => {
    const { setUp, lines, calls } = debian()
    expect(await provideOpenSlide(setUp)).toBeUndefined()
    expect(lines).toEqual([expect.stringContaining("Installing Debian's libopenslide0 for slides of further scanners")])
    expect(calls()).toMatch(/ install -y .*libopenslide0\n/)
  })

  test.each(['libopenslide.so.0', 'libopenslide.so.1'])('touches nothing where the loader knows %s', async (name) => {
    const { setUp, lines, calls } = debian()
    put(setUp.root, 'libraries', `\t${name} (libc6,x86-64) => /usr/lib/${name}\n`)
    expect(await provideOpenSlide(setUp)).toBeUndefined()
    expect([lines, calls()]).toEqual([[], ''])
  })

  test('says what is missing where it may not install, or where apt fails', async () => {
    const { setUp, bin, lines } = debian({ uid: 1000 })
    expect(await provideOpenSlide(setUp)).toMatch(/install libopenslide0 \(only root may install packages\)/)
    expect(lines).toEqual([])
    program(bin, 'apt-get', "echo 'E: Unable to locate package libopenslide0' >&2; exit 100")
    expect(await provideOpenSlide({ ...setUp, uid: 0 })).toMatch(/Unable to locate package/)
  })
})
