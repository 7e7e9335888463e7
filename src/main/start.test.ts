import { EventEmitter } from 'node:events'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readArguments } from './arguments.ts'
import { failureAnswer, failureQuestion } from './failure-question.ts'
import { dataPlaces, programPlaces } from './places.ts'
import { hearSystem } from './system-events.ts'

describe('the command line of the desktop', () => {
  const packaged = { cwd: '/home/ann', isPackaged: true }

  test('knows its own switches and hands the others of serve on', () => {
    const words = '--hidden --data node1 --port=0 --peer a:1 --peer b:2 --no-local-work --config c.json'.split(' ')
    expect(readArguments(words, packaged)).toEqual({
      hidden: true,
      doctor: false,
      dataDir: resolve('/home/ann', 'node1'),
      serve: ['--port=0', '--peer=a:1', '--peer=b:2', `--config=${resolve('/home/ann', 'c.json')}`, '--no-local-work'],
      paths: []
    })
  })

  test('passes over what is Chromium’s', () => {
    const words = ['--no-sandbox', '--remote-debugging-port=0', '--original-process-start-time=1', '-psn_0_1']
    expect(readArguments(words, packaged)).toMatchObject({ serve: [], paths: [], hidden: false })
  })

  test('takes the rest for files to convert', () => {
    const { paths } = readArguments(['slide 1.svs', '--hidden', '/abs/b.tif'], packaged)
    expect(paths).toEqual([resolve('/home/ann', 'slide 1.svs'), resolve('/abs/b.tif')])
  })

  test('does not take the folder that Electron was started with for one of them', () => {
    const at = { cwd: '/clone', isPackaged: false }
    expect(readArguments(['--inspect=0', '/clone', 'a.svs'], at).paths).toEqual([resolve('/clone', 'a.svs')])
  })
})

describe('where things lie', () => {
  test('an installed app has what plain Node reads beside its archive', () => {
    const installed = { isPackaged: true, appPath: '/opt/M/resources/app.asar', resourcesPath: '/opt/M/resources' }
    expect(programPlaces(installed)).toEqual({
      appDir: '/opt/M/resources/app.asar',
      engineDir: join('/opt/M/resources', 'app.asar.unpacked')
    })
    expect(programPlaces({ ...installed, isPackaged: false, appPath: '/clone' }).engineDir).toBe('/clone')
  })

  const user = { platform: 'linux', homeDir: '/home/ann', env: {} }

  test('each node has a window of its own, and Chromium never the data folder', () => {
    const usual = dataPlaces(undefined, '/home/ann/.config', user)
    const other = dataPlaces('/data/two', '/home/ann/.config', user)
    expect(usual).toEqual({
      dataDir: '/home/ann/.local/share/microtome',
      logDir: join('/home/ann/.local/share/microtome', 'logs'),
      userDataDir: join('/home/ann/.config', 'microtome-desktop'),
      isDefault: true
    })
    expect([other.isDefault, other.userDataDir === usual.userDataDir]).toEqual([false, false])
    const mac = dataPlaces(undefined, '/Users/a/Library/Application Support', {
      ...user,
      platform: 'darwin',
      homeDir: '/Users/a'
    })
    expect(mac.userDataDir.toLowerCase()).not.toBe(mac.dataDir.toLowerCase())
  })

  test('a node of the environment is not the usual one', () => {
    expect(dataPlaces(undefined, '/c', { ...user, env: { MICROTOME_DATA: '/srv/lab' } })).toMatchObject({
      dataDir: '/srv/lab',
      isDefault: false
    })
  })
})

describe('the system', () => {
  function heard(mayQuit = false) {
    const app = new EventEmitter()
    const power = new EventEmitter()
    const signals = new EventEmitter()
    const done: unknown[] = []
    hearSystem(app, power, signals, {
      show: () => done.push('show'),
      open: (paths) => done.push(paths),
      leaving: () => done.push('leave'),
      quitting() {
        done.push('quit')
        return mayQuit
      }
    })
    return { app, power, signals, done }
  }

  test('a second start shows the window, opens its files, or stays hidden', () => {
    const { app, done } = heard()
    const second = (data: unknown) => app.emit('second-instance', {}, [], '/', data)
    second({ paths: [], hidden: false })
    second({ paths: ['/a.svs'], hidden: true })
    second({ paths: [], hidden: true })
    second('nonsense')
    expect(done).toEqual(['show', ['/a.svs'], 'show'])
  })

  test('quitting waits until it may', () => {
    const prevented: string[] = []
    const event = { preventDefault: () => prevented.push('prevented') }
    heard(false).app.emit('before-quit', event)
    expect(prevented).toEqual(['prevented'])
    heard(true).app.emit('before-quit', event)
    expect(prevented).toEqual(['prevented'])
  })

  test('the end of the session asks nothing', () => {
    const { power, signals, done } = heard()
    power.emit('shutdown')
    signals.emit('SIGTERM')
    expect(done).toEqual(['leave', 'leave'])
  })

  test('closing the last window ends nothing', () => {
    const { app, done } = heard()
    expect(app.emit('window-all-closed')).toBe(true)
    expect(done).toEqual([])
  })
})

test('the question about an engine that does not start tells why and where the log is', () => {
  const question = failureQuestion({ code: 'c', class: 'node', message: 'It broke.', hint: 'Mend it.' }, '/data/logs')
  expect(question.detail).toBe('It broke.\n\nMend it.\n\nThe log lies in /data/logs.')
  expect([0, 1, 2, question.cancelId ?? -1].map(failureAnswer)).toEqual([
    'try-again',
    'open-log-folder',
    'quit',
    'leave-it'
  ])
})
