import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openLocalClient } from '../../src/main/engine/index.ts'
import { systemTimers } from '../../src/main/timers.ts'
import { DesktopProcess, isBuilt, root } from './support/desktop-process.ts'

const isEngineBuilt = isBuilt && existsSync(join(root, 'out/cli/main.js'))
if (!isEngineBuilt) console.log('The desktop is not tested with its real engine: it is not built ("npm run build").')

describe.skipIf(!isEngineBuilt)('the desktop with its real engine', () => {
  let desktop: DesktopProcess
  const args = ['--port=0', '--interface=none', '--name=Desktop under test']

  beforeEach(() => {
    desktop = new DesktopProcess({ args, realEngine: true })
  })
  afterEach(() => desktop.remove())

  test('shows its state, pauses it, serves its page through the protocol, and ends it', async () => {
    await desktop.event('tray', ({ tip }) => tip === 'Microtome: Ready')
    const connection = await openLocalClient(await desktop.connection(), systemTimers)
    expect(await connection.client.status()).toMatchObject({ name: 'Desktop under test', dataDir: desktop.dataDir })
    connection.close()
    expect((await desktop.call('fetch', { url: 'microtome://app/jobs/none/thumb' })).status).toBe(404)
    await desktop.call('click', { menu: 'tray', label: 'Pause after what runs' })
    await desktop.event('tray', ({ tip }) => tip === 'Microtome: Paused')
    await desktop.call('click', { menu: 'tray', label: 'Resume' })
    await desktop.until(
      async () => (await desktop.call('state', undefined)).tray?.tip === 'Microtome: Ready',
      'resumed'
    )
    await desktop.call('quit', undefined)
    expect(await desktop.exited).toEqual({ code: 0, signal: null })
  })

  test('hears of a setting that the page changes', async () => {
    await desktop.event('tray', ({ tip }) => tip === 'Microtome: Ready')
    const { client, close } = await openLocalClient(await desktop.connection(), systemTimers)
    await client.settings.set({ values: { appearance: 'dark' } })
    await desktop.until(async () => (await desktop.call('state', undefined)).themeSource === 'dark', 'it is dark')
    close()
  })

  test('joins a node that runs on its data folder already, and leaves it running', async () => {
    await desktop.event('tray', ({ tip }) => tip === 'Microtome: Ready')
    const second = new DesktopProcess({ args: [...args, `--data=${desktop.dataDir}`], realEngine: true })
    try {
      await second.event('tray', ({ tip }) => tip === 'Microtome: Ready')
      expect(await second.connection()).toEqual(await desktop.connection())
      await second.call('quit', undefined)
      expect(await second.exited).toEqual({ code: 0, signal: null })
      const { client, close } = await openLocalClient(await desktop.connection(), systemTimers)
      expect((await client.status()).worker).toBe('idle')
      close()
    } finally {
      await second.remove()
    }
  })
})
