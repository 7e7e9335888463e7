import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LoginItemSettings, LoginItemSettingsOptions, Settings } from 'electron'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ownLogin } from './own-login.ts'
import { startAtLogin } from './start-at-login.ts'

class FakeApp {
  readonly set: Settings[] = []
  readonly asked: LoginItemSettingsOptions[] = []
  openAtLogin = false
  getLoginItemSettings(options: LoginItemSettingsOptions = {}): LoginItemSettings {
    this.asked.push(options)
    const none = { wasOpenedAtLogin: false, executableWillLaunchAtLogin: false, launchItems: [] }
    return { ...none, openAtLogin: this.openAtLogin, status: 'not-registered' }
  }
  setLoginItemSettings(settings: Settings): void {
    this.set.push(settings)
    this.openAtLogin = settings.openAtLogin ?? false
  }
}

describe('start at login', () => {
  let configDir = ''
  let app: FakeApp

  beforeEach(() => {
    configDir = mkdtempSync(join(tmpdir(), 'microtome-login-'))
    app = new FakeApp()
  })
  afterEach(() => rmSync(configDir, { recursive: true, force: true }))

  const command = { program: '/opt/Micro tome/microtome', args: ['--hidden'] }
  const entry = () => join(configDir, 'autostart', 'microtome.desktop')

  test('on Windows registers program and arguments, once', () => {
    const at = { platform: 'win32', command, configDir }
    startAtLogin(app, at, true)
    startAtLogin(app, at, true)
    startAtLogin(app, at, false)
    const started = { path: command.program, args: ['--hidden'] }
    expect(app.set).toEqual([
      { openAtLogin: true, ...started },
      { openAtLogin: false, ...started }
    ])
    expect(app.asked[0]).toEqual(started)
  })

  test('on macOS registers the bundle', () => {
    startAtLogin(app, { platform: 'darwin', command, configDir }, true)
    expect(app.set).toEqual([{ openAtLogin: true }])
  })

  test('on Linux writes an autostart entry for this user, and takes it away', () => {
    const at = { platform: 'linux', command, configDir }
    startAtLogin(app, at, false)
    expect(existsSync(join(configDir, 'autostart'))).toBe(false)
    startAtLogin(app, at, true)
    expect(readFileSync(entry(), 'utf8')).toContain('Exec="/opt/Micro tome/microtome" "--hidden"\n')
    startAtLogin(app, at, false)
    expect(existsSync(entry())).toBe(false)
    expect(app.set).toEqual([])
  })

  test('leaves an entry alone that says the same', () => {
    const at = { platform: 'linux', command, configDir }
    startAtLogin(app, at, true)
    const before = statSync(entry(), { bigint: true }).ctimeNs
    startAtLogin(app, at, true)
    expect(statSync(entry(), { bigint: true }).ctimeNs).toBe(before)
    writeFileSync(entry(), 'another version')
    startAtLogin(app, at, true)
    expect(readFileSync(entry(), 'utf8')).toContain('Type=Application')
  })

  test('quotes whatever a path may hold as the desktop entry specification wants it', () => {
    const args = ['a b', '"quoted"', '$HOME', '`id`', 'back\\slash', '100%', 'ü']
    startAtLogin(
      app,
      { platform: 'linux', command: { program: '/bin/printf', args: ['%s\\n', ...args] }, configDir },
      true
    )
    const exec = /^Exec=(.*)$/m.exec(readFileSync(entry(), 'utf8'))?.[1] ?? ''
    // Undone in the order of the specification: the string's own escapes, field codes, then quoting, which a shell undoes alike.
    const words = exec.replaceAll('\\\\', '\\').replaceAll('%%', '%')
    expect(execFileSync('sh', ['-c', words], { encoding: 'utf8' }).trim().split('\n')).toEqual(args)
  })

  test('starts this very program, hidden, on the same node', () => {
    const machine = { platform: 'linux', execPath: '/opt/Microtome/microtome', env: { XDG_CONFIG_HOME: '/c' } } as const
    expect(ownLogin({ isPackaged: true, appPath: '/x', dataDir: undefined }, machine)).toEqual({
      platform: 'linux',
      command: { program: '/opt/Microtome/microtome', args: ['--hidden'] },
      configDir: '/c'
    })
    const image = { ...machine, env: { APPIMAGE: '/home/a/M.AppImage' } }
    const started = ownLogin({ isPackaged: true, appPath: '/x', dataDir: '/d' }, image).command
    expect(started).toEqual({ program: '/home/a/M.AppImage', args: ['--hidden', '--data=/d'] })
    expect(ownLogin({ isPackaged: false, appPath: '/clone', dataDir: undefined }, machine).command.args).toEqual([
      '/clone',
      '--hidden'
    ])
  })
})
