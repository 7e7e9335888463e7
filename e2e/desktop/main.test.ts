import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { sampleCounts, sampleSettings, sampleStatus, sampleSubmission } from '../../src/main/testing/samples.ts'
import { type DesktopOptions, DesktopProcess, isBuilt, page, root } from './support/desktop-process.ts'

if (!isBuilt) console.log('The desktop is not tested: it is not built ("npm run build").')

describe.skipIf(!isBuilt)('the built main process', () => {
  let desktops: DesktopProcess[] = []

  afterEach(async () => {
    for (const desktop of desktops) await desktop.remove()
    desktops = []
  })

  function start(options: DesktopOptions = {}): DesktopProcess {
    const desktop = new DesktopProcess(options)
    desktops.push(desktop)
    return desktop
  }

  /** Started, with an engine that it listens to. */
  async function started(options: DesktopOptions = {}): Promise<DesktopProcess> {
    const desktop = start(options)
    await desktop.event('tray', ({ tip }) => tip === 'Microtome: Ready')
    return desktop
  }

  const working = sampleStatus({ worker: 'working', keepAwake: true, counts: sampleCounts({ running: 2, queued: 3 }) })

  test('opens one window, shut in, with a preload that is there', async () => {
    const desktop = start()
    const { options } = await desktop.event('window')
    expect(options.webPreferences).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false })
    const { preload } = options.webPreferences as { preload: string }
    expect(existsSync(preload)).toBe(true)
    expect((await desktop.event('load')).url).toBe('microtome://app/')
    expect(desktop.events.findIndex(({ event }) => event === 'called')).toBe(0)
    expect(desktop.events[0]).toMatchObject({ what: 'registerSchemesAsPrivileged' })
  })

  test('starts the engine as a child that knows its data folder, and gives the page its door', async () => {
    const desktop = await started({ args: ['--slots=3', '--peer', 'pc:1'] })
    const { socketUrl, token } = await desktop.connection()
    const { pid } = await desktop.engine()
    expect(socketUrl).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/rpc$/)
    expect(token).toBe(`token-of-${pid}`)
    expect(desktop.startedEngines()).toEqual([
      `${pid} serve --json --supervised --data=${desktop.dataDir} --peer=pc:1 --slots=3`
    ])
  })

  test('restarts the engine when it is killed, and tells the page', async () => {
    const desktop = await started()
    const before = await desktop.engine()
    process.kill(before.pid, 'SIGKILL')
    await desktop.event('sent', ({ channel }) => channel === 'engine-restarted')
    const after = await desktop.engine()
    expect(after.pid).not.toBe(before.pid)
    expect((await desktop.connection()).token).toBe(`token-of-${after.pid}`)
  })

  test('gives up an engine that never comes up, says why, and tries again when told to', async () => {
    const desktop = start({ env: { FIXTURE_ENGINE: 'crash' } })
    const { detail, buttons } = await desktop.event('question')
    expect(buttons).toEqual(['Try again', 'Open log folder', 'Quit'])
    expect(detail).toContain('The data folder is read-only.')
    expect(detail).toContain(join(desktop.dataDir, 'logs'))
    const refused = await desktop.call('invoke', { channel: 'connect', frame: page })
    expect(refused).toMatchObject({ ok: false, error: { code: 'data-folder' } })
    await desktop.call('answers', [1])
    await desktop.event('called', (call) => call.what === 'openPath' && call.with === join(desktop.dataDir, 'logs'))
    await desktop.call('click', { menu: 'tray', label: 'Try again' })
    const tip = async () => (await desktop.call('state', undefined)).tray?.tip
    await desktop.until(async () => !(await tip())?.includes('Not running'), 'it is tried again')
  })

  test('follows the engine in the tray, and keeps the computer awake as it says', async () => {
    const desktop = await started()
    await desktop.tell({ event: { type: 'status', status: working } })
    const tray = await desktop.event('tray', ({ icon }) => icon.endsWith('working.png'))
    expect(tray.tip).toBe('Microtome: Working: 2 running, 3 waiting')
    expect((await desktop.call('state', undefined)).blockers).toBe(1)
    await desktop.tell({ event: { type: 'status', status: sampleStatus({ worker: 'paused' }) } })
    await desktop.event('tray', ({ icon }) => icon.endsWith('paused.png'))
    expect((await desktop.call('state', undefined)).blockers).toBe(0)
  })

  test('pauses and resumes this node from the tray', async () => {
    const desktop = await started()
    const { nodeId } = sampleStatus()
    await desktop.call('click', { menu: 'tray', label: 'Pause now' })
    const asked = async (what: string) => (await desktop.engine()).calls.filter((call) => call.what === what)
    await desktop.until(async () => (await asked('nodes.pause')).length === 1, 'the engine is paused')
    expect(await asked('nodes.pause')).toEqual([{ what: 'nodes.pause', input: { nodeId, now: true } }])
    await desktop.tell({ event: { type: 'status', status: sampleStatus({ worker: 'paused' }) } })
    await desktop.event('tray', ({ tip }) => tip === 'Microtome: Paused')
    await desktop.call('click', { menu: 'tray', label: 'Resume' })
    await desktop.until(async () => (await asked('nodes.resume')).length === 1, 'the engine is resumed')
  })

  test('notifies of a submission that ended, by counts', async () => {
    const desktop = await started()
    const ended = sampleSubmission({ completed: 9, failed: 1, endedAtMs: Date.now() })
    await desktop.tell({ event: { type: 'submission', submission: ended } })
    expect(await desktop.event('notification')).toMatchObject({
      title: 'Done with failures: 10 files',
      body: '9 converted, 1 failed'
    })
  })

  test('does as the settings say: appearance, and start at login', async () => {
    const desktop = await started()
    const settings = sampleSettings({ appearance: 'dark', startAtLogin: true })
    await desktop.tell({ settings, event: { type: 'status', status: sampleStatus() } })
    await desktop.until(async () => (await desktop.call('state', undefined)).themeSource === 'dark', 'it is dark')
    if (process.platform !== 'linux') return
    const entry = readFileSync(join(desktop.dir, 'config', 'autostart', 'microtome.desktop'), 'utf8')
    expect(entry).toContain('"--hidden"')
    expect(entry).toContain(`"--data=${desktop.dataDir}"`)
  })

  test('serves the page, and nothing outside it', async () => {
    const desktop = await started()
    const index = await desktop.call('fetch', { url: 'microtome://app/' })
    expect(index.text).toBe(readFileSync(join(root, 'out/renderer/index.html'), 'utf8'))
    expect(index.headers['content-security-policy']).toContain("default-src 'none'")
    for (const path of ['..%2fpreload%2findex.cjs', '..%2f..%2fpackage.json', '%2e%2e/%2e%2e/package.json'])
      expect((await desktop.call('fetch', { url: `microtome://app/${path}` })).status, path).toBe(404)
    expect((await desktop.call('fetch', { url: 'microtome://elsewhere/' })).status).toBe(403)
  })

  test('answers no frame but the page itself', async () => {
    const desktop = await started()
    for (const frame of [
      { url: 'https://example.org/' },
      { ...page, isInner: true },
      { url: 'microtome://other/' },
      null
    ])
      await expect(desktop.call('invoke', { channel: 'connect', frame })).rejects.toThrow('foreign frame')
  })

  test('closing the window leaves tray and engine, and remembers its place', async () => {
    const desktop = await started()
    await desktop.event('load')
    await desktop.call('closeWindow', undefined)
    const { windows, tray } = await desktop.call('state', undefined)
    expect(windows).toEqual([{ isVisible: false }])
    expect(tray?.labels).toContain('Show Microtome')
    await desktop.call('click', { menu: 'tray', label: 'Show Microtome' })
    expect((await desktop.call('state', undefined)).windows).toEqual([{ isVisible: true }])
  })

  test('starts hidden with a tray and no window', async () => {
    const desktop = await started({ args: ['--hidden'] })
    expect((await desktop.call('state', undefined)).windows).toEqual([])
  })

  test('opens the sheet with the files of this start, and of a second one', async () => {
    const desktop = await started({ args: ['/slides/a.svs'] })
    await desktop.event('sent', (sent) => sent.channel === 'open-paths')
    const second = { paths: ['/slides/b.svs'], hidden: false }
    await desktop.call('emit', { event: 'second-instance', args: [{}, [], '/', second] })
    const sent = () => desktop.events.flatMap((event) => (event.event === 'sent' ? [event.payload] : []))
    await desktop.until(() => sent().length === 2, 'both came')
    expect(sent()).toEqual([['/slides/a.svs'], ['/slides/b.svs']])
  })

  test('hands its files to the first instance and ends where there is one', async () => {
    const desktop = start({ args: ['/slides/a.svs'], env: { FAKE_LOCK: 'taken' } })
    expect(await desktop.exited).toEqual({ code: 0, signal: null })
    const lock = await desktop.event('called', ({ what }) => what === 'requestSingleInstanceLock')
    expect(lock.with).toMatchObject({ data: { paths: ['/slides/a.svs'], hidden: false } })
    expect(desktop.startedEngines()).toEqual([])
  })

  test('quits without a question while nothing runs, and gives the engine time to end', async () => {
    const desktop = await started()
    await desktop.call('click', { menu: 'tray', label: 'Quit Microtome' })
    expect(await desktop.exited).toEqual({ code: 0, signal: null })
    expect(desktop.events.some(({ event }) => event === 'question')).toBe(false)
  })

  test('asks before it quits while work runs, and stays after Cancel', async () => {
    const desktop = await started()
    await desktop.tell({ event: { type: 'status', status: working } })
    await desktop.event('tray', ({ icon }) => icon.endsWith('working.png'))
    await desktop.call('answers', [2])
    await desktop.call('quit', undefined)
    const { buttons, detail } = await desktop.event('question')
    expect(buttons).toEqual(['Finish in the background', 'Give back and quit', 'Cancel'])
    expect(detail).toContain('2 running, 3 waiting')
    const { calls } = await desktop.engine()
    expect(calls.filter(({ what }) => what === 'shutdown')).toEqual([])
  })

  test('finishes in the background: the engine drains, the tray stays until it is done', async () => {
    const desktop = await started()
    await desktop.tell({ event: { type: 'status', status: working } })
    await desktop.event('tray', ({ icon }) => icon.endsWith('working.png'))
    const doneUrl = await desktop.doneUrl()
    await desktop.call('answers', [0])
    await desktop.call('click', { menu: 'tray', label: 'Quit Microtome' })
    await desktop.event('tray', ({ tip }) => tip === 'Microtome: Quits when what runs is done')
    expect(await desktop.call('state', undefined)).toMatchObject({ windows: [{ isVisible: false }], blockers: 1 })
    const shutdowns = async () => {
      const { calls } = await (await fetch(doneUrl.replace('/done', '/calls'))).json()
      return calls.filter(({ what }: { what: string }) => what === 'shutdown')
    }
    await desktop.until(async () => (await shutdowns()).length > 0, 'the engine was asked to end')
    expect(await shutdowns()).toEqual([{ what: 'shutdown', input: { now: false } }])
    await fetch(doneUrl)
    expect(await desktop.exited).toEqual({ code: 0, signal: null })
    expect(desktop.startedEngines()).toHaveLength(1)
  })

  test('gives back and quits when told so', async () => {
    const desktop = await started()
    await desktop.tell({ event: { type: 'status', status: working } })
    await desktop.event('tray', ({ icon }) => icon.endsWith('working.png'))
    await desktop.call('answers', [1])
    await desktop.call('click', { menu: 'tray', label: 'Quit Microtome' })
    expect(await desktop.exited).toEqual({ code: 0, signal: null })
  })

  test('ends in order and without a question when the session ends', async () => {
    const desktop = await started()
    await desktop.tell({ event: { type: 'status', status: working } })
    await desktop.event('tray', ({ icon }) => icon.endsWith('working.png'))
    desktop.kill('SIGTERM')
    expect(await desktop.exited).toEqual({ code: 0, signal: null })
    expect(desktop.events.some(({ event }) => event === 'question')).toBe(false)
  })

  test('takes its engine with it when it is killed', async () => {
    const desktop = await started()
    const { pid } = await desktop.engine()
    desktop.kill('SIGKILL')
    await desktop.exited
    await desktop.until(() => !isAlive(pid), 'the engine has ended')
  })

  test('examines itself with --doctor, a line per step', async () => {
    const desktop = start({ args: ['--doctor'] })
    expect(await desktop.exited).toEqual({ code: 0, signal: null })
    const steps = desktop.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(steps.map(({ event, step, ok }) => [event, step, ok])).toEqual([
      ['step', 'Electron', true],
      ['step', 'Node for the engine', true],
      ['step', 'window', true],
      ['step', 'bridge', true],
      ['step', 'tray', true]
    ])
    expect(desktop.startedEngines()).toEqual([])
  })
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    // Gone, which is the answer.
    return false
  }
}
