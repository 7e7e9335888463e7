import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  provideFfmpeg,
  provideOpenSlide,
  provideServers,
  provideTestTools,
  type SetUp,
  unpackedPaths
} from './setup-tools.mjs'
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

describe.skipIf(process.platform !== 'linux')('setting up what tests and benches need', () => {
  const there = ['chromium', 'ip', 'prometheus', 'nginx']

  test('installs ab as root, which bench:http asks with', async () => {
    const { setUp, bin, calls } = debian()
    for (const name of there) program(bin, name, 'exit 0')
    program(
      bin,
      'apt-get',
      `echo "$@" >>${setUp.root}/calls
case "$*" in *install*apache2-utils*) : >${bin}/ab; /bin/chmod 755 ${bin}/ab;; esac`
    )
    expect(await provideTestTools(setUp)).toEqual([])
    expect(calls()).toMatch(/ install -y .*apache2-utils\n/)
  })

  test('says that it is missing where nothing may be installed', async () => {
    const { setUp, bin } = debian({ uid: 1000 })
    for (const name of there) program(bin, name, 'exit 0')
    // What this machine itself has in /usr/sbin counts as well.
    expect(await provideTestTools(setUp)).toEqual([
      'Install apache2-utils for bench:http (only root may install packages).'
    ])
  })
})

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

describe.skipIf(process.platform !== 'linux')('setting up servers for the tests of deploy/', () => {
  /** `apt-get download` leaves a package where it is called, `dpkg -x` makes a program of its name. */
  function withPackages() {
    const there = debian()
    program(
      there.bin,
      'apt-get',
      `echo "$@" >>${there.setUp.root}/calls
case "$*" in *download*) for last; do :; done; : >"$last"_1.0_amd64.deb;; esac`
    )
    program(
      there.bin,
      'dpkg',
      `name=\${2%%_*}; for folder in bin sbin; do /bin/mkdir -p "$3/usr/$folder"; done
printf '#!/bin/sh\\n' >"$3/usr/bin/$name"; /bin/chmod 755 "$3/usr/bin/$name"`
    )
    return there
  }

  test('unpacks them where only tests look, and installs nothing that would start and listen', async () => {
    const { setUp, lines, calls } = withPackages()
    expect(await provideServers(setUp)).toEqual([])
    expect(lines[0]).toContain("Unpacking Debian's prometheus for the tests of deploy/")
    expect(calls()).not.toContain('install')
    const [bin = ''] = unpackedPaths(setUp.memoryDir)
    expect(readdirSync(bin)).toContain('prometheus')
    expect(readdirSync(join(setUp.memoryDir, 'debian'))).toEqual(['usr'])
  })

  test('unpacks them once', async () => {
    const { setUp, calls } = withPackages()
    await provideServers(setUp)
    const before = calls()
    expect(await provideServers(setUp)).toEqual([])
    expect(calls()).toBe(before)
  })

  test('says what is missing where it may not', async () => {
    const { setUp, calls } = withPackages()
    expect(await provideServers({ ...setUp, uid: 1000 })).toContain(
      'Install prometheus for the tests of deploy/ (only root may install packages).'
    )
    expect(calls()).toBe('')
  })
})
