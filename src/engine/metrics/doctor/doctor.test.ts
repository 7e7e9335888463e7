import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Server } from 'node:net'
import type { NetworkInterfaceInfo } from 'node:os'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Check } from '../../../shared/contract/local.ts'
import { type Settings, settingsSchema } from '../../../shared/settings.ts'
import { profilesWithoutVideo, type Tools } from '../describe-tools.ts'
import { sharpVersion } from '../sharp-version.ts'
import { recordedRun, runProcess } from '../testing/run-process.ts'
import { runDoctor } from './doctor.ts'
import type { DoctorOptions } from './doctor-options.ts'

let dir: string
let server: Server | undefined
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'microtome-doctor-'))
})
afterEach(() => {
  server?.close()
  server = undefined
  rmSync(dir, { recursive: true })
})

const allTools: Tools = {
  ffmpegPath: '/usr/bin/ffmpeg',
  ffprobePath: '/usr/bin/ffprobe',
  ffmpegVersion: '7.1',
  encoders: ['libx264', 'libx265', 'libvpx-vp9', 'libaom-av1'],
  profiles: [...profilesWithoutVideo, 'h264', 'h265', 'vp9', 'av1']
}
const childEntry = fileURLToPath(new URL('../../../converters/child.ts', import.meta.url))
const libraries = (answer: object) => ({
  [join('converters', 'libraries')]: JSON.stringify({
    openslideHint: 'Install it.',
    jpeg: 'libjpeg-turbo (/x.so)',
    ...answer
  })
})
const sharpWorks = recordedRun({
  ...libraries({ openslide: { version: '4.0.1', path: 'libopenslide.so.1' } }),
  sharp: '{"sharp":"0.35.5","vips":"8.17.2","format":"webp"}'
})

function settings(values: Partial<Settings> = {}): Settings {
  const machine = { name: 'x', slots: 1, threads: 1, destination: join(dir, 'out') }
  return settingsSchema.parse({ ...machine, port: 0, host: '127.0.0.1', interface: 'none', ...values })
}

async function examine(options: Partial<DoctorOptions> = {}): Promise<Record<string, Check>> {
  const checks = await runDoctor({
    settings: settings(),
    config: { file: join(dir, 'config.json'), error: undefined },
    dataDir: dir,
    storageError: undefined,
    scratchDir: join(dir, 'scratch'),
    node: { version: process.version, path: process.execPath },
    childEntry,
    run: sharpWorks,
    findTools: async () => allTools,
    listening: undefined,
    interfaces: () => ({}),
    joinMulticast: () => Promise.reject(new Error('a test never joins')),
    wallMs: Date.UTC(2026, 10, 22),
    ...options
  })
  return Object.fromEntries(checks.map((check) => [check.name, check]))
}

async function takenPort(): Promise<number> {
  server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const network = (address: string, internal = false): NetworkInterfaceInfo => ({
  address,
  internal,
  family: 'IPv4',
  netmask: '255.255.255.0',
  mac: '00:00:00:00:00:00',
  cidr: `${address}/24`
})

describe('the doctor', () => {
  it('finds nothing wrong where everything works, and leaves nothing behind', async () => {
    const checks = await examine({ run: runProcess })
    expect(Object.values(checks).filter(({ status }) => status === 'failed')).toEqual([])
    expect(checks.sharp?.detail).toMatch(new RegExp(`^${sharpVersion()} with libvips \\d`))
    expect(Object.keys(checks)).toEqual([
      ...['Node', 'sharp', 'OpenSlide', 'TurboJPEG', 'ffmpeg', 'ffprobe'],
      ...['Video H.264 (MP4)', 'Video H.265 (MP4)', 'Video VP9 (WebM)', 'Video AV1 (MP4)'],
      ...[
        'Peer port',
        'Page port',
        'Multicast',
        'Data folder',
        'Destination',
        'Scratch folder',
        'Job storage',
        'Configuration',
        'Clock'
      ]
    ])
    expect(readdirSync(dir)).toEqual([])
  })

  it('names a Node that is too old, a sharp that does not run and a clock that stands in the past', async () => {
    const checks = await examine({
      node: { version: 'v20.19.0', path: '/x' },
      run: async () => ({ code: 1, stdout: '', stderr: 'node:1\nError: libvips-cpp.so is missing\n  at x' }),
      wallMs: 0
    })
    expect(checks.Node).toMatchObject({ status: 'failed', detail: 'v20.19.0, Node 24 is needed' })
    expect(checks.sharp).toMatchObject({ status: 'failed', detail: 'Error: libvips-cpp.so is missing' })
    expect(checks.Clock?.status).toBe('warning')
  })

  it('tells of each encoder, and how to get what is missing', async () => {
    const { ffmpegPath, ffmpegVersion } = allTools
    const hint = 'The setting ffmpegPath names /x, which did not run.'
    const tools: Tools = {
      ffmpegPath: ffmpegPath ?? '',
      ffmpegVersion: ffmpegVersion ?? '',
      encoders: ['libx264'],
      profiles: [],
      hint
    }
    const checks = await examine({ findTools: async () => tools })
    expect(checks.ffmpeg).toMatchObject({ status: 'warning', detail: '7.1 at /usr/bin/ffmpeg', hint })
    expect(checks.ffprobe).toMatchObject({ status: 'warning', detail: 'not found, video is off' })
    expect(checks['Video H.264 (MP4)']).toMatchObject({ status: 'ok', detail: 'libx264 encoded' })
    expect(checks['Video AV1 (MP4)']).toMatchObject({ status: 'warning', detail: 'no libsvtav1 or libaom-av1' })
  })

  it('tells which OpenSlide and TurboJPEG are loaded, and what to install where they are missing', async () => {
    const found = await examine()
    expect(found.OpenSlide).toMatchObject({ status: 'ok', detail: '4.0.1, libopenslide.so.1' })
    expect(found.TurboJPEG).toMatchObject({ status: 'ok', detail: 'libjpeg-turbo (/x.so)' })
    const missing = await examine({ run: recordedRun(libraries({ jpeg: 'sharp (libjpeg-turbo was not found)' })) })
    expect(missing.OpenSlide).toMatchObject({ status: 'warning', hint: 'Install it.' })
    expect(missing.OpenSlide?.detail).toMatch(/^not found; NDPI, MRXS/)
    expect(missing.TurboJPEG).toMatchObject({ status: 'warning', detail: 'sharp (libjpeg-turbo was not found)' })
  })

  it('names a setting whose OpenSlide does not load, also where another is found', async () => {
    const named = settings({ openslidePath: join(dir, 'none.so') })
    const hint = `The setting openslidePath names ${join(dir, 'none.so')}, which did not load.`
    expect((await examine({ settings: named })).OpenSlide).toMatchObject({ status: 'warning', hint })
    const checks = await examine({ settings: named, run: runProcess })
    expect(checks.OpenSlide?.status).toBe('warning')
    expect(checks.OpenSlide?.hint).toContain(hint)
  })

  it('says so where the converters can not even be asked', async () => {
    const checks = await examine({ childEntry: join(dir, 'child.js'), run: runProcess })
    expect(checks['Libraries of slides']).toMatchObject({ status: 'failed', detail: expect.stringContaining('Error') })
  })

  it('tells a port of ours from one that another program holds', async () => {
    const port = await takenPort()
    const taken = await examine({ settings: settings({ port, uiPort: port }) })
    expect(taken['Peer port']).toMatchObject({
      status: 'failed',
      detail: `127.0.0.1:${port} is taken by another program`
    })
    expect(taken['Page port']?.hint).toContain('"uiPort"')
    const ours = await examine({ settings: settings({ port }), listening: { peerPort: port, uiPort: 5 } })
    expect(ours['Peer port']).toMatchObject({ status: 'ok', detail: `127.0.0.1:${port}, this node listens there` })
    expect(ours['Page port']?.detail).toBe('127.0.0.1:5, this node listens there')
  })

  it('names an address that is not of this computer', async () => {
    const checks = await examine({ settings: settings({ host: '192.0.2.1' }) })
    expect(checks['Peer port']).toMatchObject({
      status: 'failed',
      detail: '192.0.2.1:0 is no address of this computer'
    })
  })

  it('shows a wrong configuration file with what to do', async () => {
    const error = { code: 'bad-setting', class: 'input' as const, message: '"slots" is 0.', hint: 'Allowed: 1 to 64.' }
    const checks = await examine({ config: { file: 'x', error } })
    expect(checks.Configuration).toMatchObject({ status: 'failed', detail: '"slots" is 0.' })
    expect(checks.Configuration?.hint).toBe('Allowed: 1 to 64. Until then the last good settings are in force.')
  })

  it('tells of a damaged database as long as it lies there', async () => {
    const storageError = {
      code: 'storage-set-aside',
      class: 'node' as const,
      message: 'It was damaged.',
      hint: 'Restore it.'
    }
    const check = (await examine({ storageError }))['Job storage']
    expect(check).toMatchObject({ status: 'warning', detail: 'It was damaged.', hint: 'Restore it.' })
    expect((await examine())['Job storage']?.status).toBe('ok')
  })

  it("names a folder that can't be written to", async () => {
    writeFileSync(join(dir, 'file'), '')
    const checks = await examine({ settings: settings({ destination: join(dir, 'file', 'out') }) })
    expect(checks.Destination).toMatchObject({
      status: 'failed',
      detail: `${join(dir, 'file')} can't be written to (ENOTDIR)`
    })
    expect(checks['Scratch folder']?.detail).toContain('(will be made)')
  })

  it('names a disk that is nearly full', async (context) => {
    const disk = join(dir, 'disk')
    mkdirSync(disk)
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]).status !== 0)
      context.skip('mounting needs root')
    try {
      const checks = await examine({ settings: settings({ destination: disk }) })
      expect(checks.Destination).toMatchObject({ status: 'failed', detail: `${disk}, 0.0 GiB free` })
    } finally {
      spawnSync('umount', [disk])
    }
  })

  it('keeps the other checks where one breaks in a way nobody thought of', async () => {
    const checks = await examine({ findTools: () => Promise.reject(new Error('boom')) })
    expect(checks.ffmpeg).toMatchObject({ status: 'failed', detail: 'boom' })
    expect(checks.Clock?.status).toBe('ok')
  })
})

describe('multicast', () => {
  const interfaces = () => ({
    lo: [network('127.0.0.1', true)],
    eth0: [network('10.0.0.5')],
    wlan0: [network('10.1.0.5')]
  })

  it('is not touched where discovery is off', async () => {
    const joinMulticast = vi.fn(async () => undefined)
    expect((await examine({ interfaces, joinMulticast })).Multicast?.status).toBe('ok')
    expect(joinMulticast).not.toHaveBeenCalled()
  })

  it('is told for every network that is up', async () => {
    const joinMulticast = async (address: string) => {
      if (address === '10.1.0.5') throw Object.assign(new Error('no'), { code: 'ENODEV' })
    }
    const checks = await examine({ interfaces, joinMulticast, settings: settings({ interface: 'all' }) })
    expect(checks['Multicast on eth0']).toMatchObject({ status: 'ok', detail: '10.0.0.5 joined 224.0.0.251' })
    expect(checks['Multicast on wlan0']).toMatchObject({
      status: 'warning',
      detail: expect.stringContaining('(ENODEV)')
    })
  })

  it('says so where no network is up, or not the one that was named', async () => {
    const alone = await examine({ settings: settings({ interface: 'all' }) })
    expect(alone.Multicast).toMatchObject({ status: 'warning', detail: 'no network with IPv4 is up' })
    const named = await examine({ interfaces, settings: settings({ interface: 'eth7' }) })
    expect(named.Multicast?.hint).toContain('all or one of eth0, wlan0')
  })

  it('really joins on a real interface, in a network namespace of its own', (context) => {
    const script = `
      import { joinMulticast } from ${JSON.stringify(new URL('./network-checks.ts', import.meta.url).href)}
      await joinMulticast('10.99.0.1')
      await joinMulticast('10.99.0.2').then(() => { throw new Error('joined on no interface') }, () => undefined)
      console.log('joined')`
    const lines = [
      'ip link add d0 type veth peer name d1',
      'ip addr add 10.99.0.1/24 dev d0',
      'ip link set d0 up',
      'exec "$@"'
    ]
    const argv = ['-n', 'sh', '-ec', lines.join('; '), 'sh', process.execPath, '--input-type=module', '-e', script]
    const ran = spawnSync('unshare', argv, { encoding: 'utf8', cwd: fileURLToPath(new URL('.', import.meta.url)) })
    if (ran.error || /Operation not permitted|not supported|Unknown device/i.test(ran.stderr))
      context.skip('this machine allows no network namespace with a pair of interfaces')
    expect(ran.stderr).toBe('')
    expect(ran.stdout).toBe('joined\n')
  })
})
