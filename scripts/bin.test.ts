import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, onTestFinished, test } from 'vitest'
import { onPath } from './find-program.mjs'
import { majorOf } from './node-binary.mjs'
import { fakeClone } from './testing/fake-clone.ts'

const versionOf = (node: string) => execFileSync(node, ['--version'], { encoding: 'utf8' })
const older = onPath('node').find((node) => majorOf(versionOf(node)) < 24)
if (!older) console.info('No Node before 24 on PATH: that the program moves to Node 24 is not tested here.')

const clone = (main?: string) => join(fakeClone(main), 'bin', 'microtome.mjs')

async function start(node: string, args: string[]) {
  const child = spawn(node, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return { child, line: async () => (await lines.next()).value, ended: once(child, 'close') }
}

test('without a build it says how to make one', async () => {
  const { child, ended } = await start(process.execPath, [clone()])
  let words = ''
  child.stderr.on('data', (part) => (words += part))
  expect(await ended).toEqual([1, null])
  expect(words).toMatch(/not built yet.*npm run build/)
})

describe.runIf(older !== undefined)('on an older Node', () => {
  const node = older ?? ''
  const stays = `console.log(''); setInterval(() => {}, 1000)`

  test('the program runs on Node 24 with its arguments, and its exit code comes back', async () => {
    const { line, ended } = await start(node, [
      clone('console.log(process.version, ...process.argv.slice(2)); process.exit(7)'),
      'jobs',
      'a b'
    ])
    expect(await line()).toMatch(/^v24\.\d+\.\d+ jobs a b$/)
    expect(await ended).toEqual([7, null])
  })

  test('a signal reaches the program, which ends as it likes', async () => {
    const { child, line, ended } = await start(node, [clone(`process.on('SIGTERM', () => process.exit(3)); ${stays}`)])
    await line()
    child.kill('SIGTERM')
    expect(await ended).toEqual([3, null])
  })

  test('a death by signal is told on', async () => {
    const { line, ended } = await start(node, [
      clone(`console.log(''); process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000)`)
    ])
    await line()
    expect(await ended).toEqual([null, 'SIGTERM'])
  })

  test('SIGKILL of what was started ends the program too', async () => {
    const { child, line, ended } = await start(node, [clone(stays)])
    await line()
    child.kill('SIGKILL')
    // The streams close only when the last process that holds them is gone.
    expect(await ended).toEqual([null, 'SIGKILL'])
  })
})
