import { describe, expect, test } from 'vitest'
import { check } from '../../shared/contract/local.ts'
import { type DoctorParts, type DoctorStep, runDoctor } from './run-doctor.ts'

function examine(change: Partial<DoctorParts> = {}, page: { platform?: string; visible?: boolean; load?: Error } = {}) {
  const steps: DoctorStep[] = []
  const { platform = 'linux', visible = true } = page
  const parts: DoctorParts = {
    versions: { electron: '45.4.1', chrome: '150' },
    findNode: async () => '/usr/bin/node',
    createWindow: () => ({
      loadURL: () => (page.load ? Promise.reject(page.load) : Promise.resolve()),
      show: () => undefined,
      isVisible: () => visible,
      destroy: () => undefined,
      webContents: { executeJavaScript: async () => (platform === '' ? undefined : platform) }
    }),
    windowOptions: {},
    url: 'microtome://app/',
    showTray: () => ({ destroy: () => undefined }),
    say: (step) => steps.push(step),
    ...change
  }
  return runDoctor(parts).then((isWell) => ({ isWell, steps }))
}

describe('the doctor of the desktop', () => {
  test('says of each step that it went well', async () => {
    const { isWell, steps } = await examine()
    expect(isWell).toBe(true)
    expect(steps.map(({ step, ok }) => `${step} ${ok}`)).toEqual([
      'Electron true',
      'Node for the engine true',
      'window true',
      'bridge true',
      'tray true'
    ])
  })

  test('speaks in checks that the command line understands', async () => {
    const { steps } = await examine()
    for (const step of steps) expect(check.parse(step)).toMatchObject({ status: 'ok' })
  })

  test('goes on after a step that failed, and says why it did', async () => {
    const { isWell, steps } = await examine({}, { load: new Error('ERR_FAILED'), platform: '' })
    expect(isWell).toBe(false)
    expect(steps.filter((step) => !step.ok)).toMatchObject([
      { step: 'window', detail: 'ERR_FAILED', status: 'failed' },
      { step: 'bridge', detail: 'The preload gave the page no bridge.' }
    ])
  })

  test('notices a window that never shows and a tray that is refused', async () => {
    const showTray = () => {
      throw new Error('no tray')
    }
    const { steps } = await examine({ showTray }, { visible: false })
    expect(steps.filter((step) => !step.ok).map((step) => step.step)).toEqual(['window', 'tray'])
  })
})
