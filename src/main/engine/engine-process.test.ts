import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EngineProcess, startEngineProcess } from './engine-process.ts'

describe('the process of an engine', () => {
  let dir = ''
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'microtome-main-'))
  })
  afterAll(() => rmSync(dir, { recursive: true, force: true }))

  const ready = `process.stdout.write('noise\\n{"event":"other"}\\n' + JSON.stringify({ event: 'ready', nodeId: 'n', name: 'N', peerPort: 1,
    uiUrl: 'http://127.0.0.1:5555/?token=secret' }) + '\\n')\n`
  const untilParted = `process.on('disconnect', () => process.exit(7))\n`

  function start(script: string, env: NodeJS.ProcessEnv = process.env): EngineProcess {
    const entry = join(dir, `engine-${Math.random()}.mjs`)
    writeFileSync(entry, script)
    return startEngineProcess({ nodePath: process.execPath, entry, dataDir: '/data of ours', args: ['--slots=2'], env })
  }

  test('tells the door from the line on which the engine says that it is ready', async () => {
    const engine = start(ready + untilParted)
    await expect(engine.ready).resolves.toEqual({
      httpUrl: 'http://127.0.0.1:5555',
      socketUrl: 'ws://127.0.0.1:5555/rpc',
      token: 'secret'
    })
    engine.disconnect()
    await engine.ended
  })

  test('ends when its channel is closed', async () => {
    const engine = start(ready + untilParted)
    await engine.ready
    engine.disconnect()
    engine.disconnect()
    await expect(engine.ended).resolves.toMatchObject({ code: 7, signal: null })
  })

  test('is told everything that serve needs, and nothing of Electron or of a wrapper', async () => {
    const script = `process.stderr.write(JSON.stringify({ args: process.argv.slice(2), connected: process.connected,
      env: [process.env.ELECTRON_RUN_AS_NODE, process.env.MICROTOME_RUNS_LINKED, process.env.KEPT] })); process.exit(3)`
    const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1', MICROTOME_RUNS_LINKED: '1', KEPT: 'yes' }
    const { lastWords, code } = await start(script, env).ended
    expect(code).toBe(3)
    expect(JSON.parse(lastWords)).toEqual({
      args: ['serve', '--json', '--supervised', '--data=/data of ours', '--slots=2'],
      connected: true,
      env: [null, null, 'yes']
    })
  })

  test('passes on what the engine says is wrong', async () => {
    const error = { code: 'data-folder', class: 'node', message: 'It is read-only.' }
    const engine = start(`console.log(${JSON.stringify(JSON.stringify({ event: 'error', error }))}); process.exit(1)`)
    await expect(engine.ended).resolves.toMatchObject({ code: 1, error })
  })

  test('tells the signal of one that is killed', async () => {
    const engine = start(ready + untilParted)
    await engine.ready
    engine.kill()
    await expect(engine.ended).resolves.toMatchObject({ code: null, signal: 'SIGKILL' })
  })

  test('ends with the reason where the program is not there', async () => {
    const entry = join(dir, 'none.mjs')
    const engine = startEngineProcess({ nodePath: join(dir, 'no-node'), entry, dataDir: dir, args: [], env: {} })
    await expect(engine.ended).resolves.toMatchObject({ error: { message: expect.stringContaining('ENOENT') } })
  })

  test('dies with the process that started it, however that ends', async () => {
    const entry = join(dir, 'engine.mjs')
    writeFileSync(entry, ready + untilParted)
    const starter = join(dir, 'starter.mjs')
    const module = new URL('engine-process.ts', import.meta.url).href
    writeFileSync(
      starter,
      `import { startEngineProcess } from ${JSON.stringify(module)}
       const engine = startEngineProcess({ nodePath: process.execPath, entry: ${JSON.stringify(entry)}, dataDir: '/d', args: [], env: process.env })
       await engine.ready
       process.kill(process.pid, 'SIGKILL')`
    )
    const signal = await new Promise((resolve) =>
      execFile(process.execPath, [starter], (error) => resolve(error?.signal))
    )
    // That no engine is left is what the watch over all tests finds.
    expect(signal).toBe('SIGKILL')
  })
})
