import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { FixtureNode, makeJob } from './testing/fixture-node.ts'

const main = fileURLToPath(new URL('main.ts', import.meta.url))

/** The program as people run it. */
async function microtome(...args: string[]) {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const said = { stdout: '', stderr: '' }
  child.stdout.on('data', (part) => (said.stdout += part))
  child.stderr.on('data', (part) => (said.stderr += part))
  const [code] = await once(child, 'close')
  return { code, ...said }
}

describe('the program', () => {
  test('ends with 2 for wrong usage, says what is wrong and how it is typed, and leaves stdout alone', async () => {
    const { code, stdout, stderr } = await microtome('remove', '--json')
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toBe('remove takes exactly one NODE.\nusage: microtome remove NODE [--data DIR] [--json]\n')
  })

  test('ends with 1 where no node runs; the error is a JSON line where JSON was asked for', async () => {
    const { code, stdout, stderr } = await microtome('jobs', '--data', '/nowhere', '--json')
    expect([code, stderr]).toEqual([1, ''])
    expect(JSON.parse(stdout)).toMatchObject({ event: 'error', error: { code: 'not-running', class: 'transport' } })
  })

  test('shows every command in its manual', async () => {
    const { code, stdout } = await microtome('--help')
    expect(code).toBe(0)
    expect(stdout.match(/^ {2}microtome \w+/gm)).toHaveLength(18)
  })

  test('lets go of all its lines before it ends, however many', async () => {
    const node = await FixtureNode.start()
    node.jobsPerPage = 2_000
    node.jobs = Array.from({ length: 10_000 }, (_, at) => makeJob(`job${at}`))
    const { code, stdout } = await microtome('jobs', '--data', node.dataDir, '--json')
    expect(code).toBe(0)
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).event)
    ).toEqual(Array(10_000).fill('job'))
  })
})
