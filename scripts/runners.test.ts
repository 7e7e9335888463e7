import { afterEach, expect, test, vi } from 'vitest'
import { runCheck, type TestBed } from './runners.mjs'
import { put, temporaryFolder } from './testing/temporary-folder.ts'

function bedOf(changes: Partial<TestBed> = {}): TestBed {
  const root = temporaryFolder()
  const deadlineMs = Date.now() + 60_000
  return { root, node: process.execPath, env: process.env, deadlineMs, reportDir: root, ...changes }
}

afterEach(() => void vi.restoreAllMocks())

/** What is printed in here, piece by piece. */
function printed() {
  const pieces: string[] = []
  vi.spyOn(process.stdout, 'write').mockImplementation((piece) => {
    pieces.push(String(piece))
    return true
  })
  return pieces
}

test('a check that fails names the last that it said', async () => {
  const pieces = printed()
  const bed = bedOf()
  const program = put(
    bed.root,
    'check.mjs',
    `for (let line = 1; line < 20; line++) console.error('line ' + line); process.exit(3)`
  )
  const result = await runCheck(bed, 'types', [program])
  expect(result).toMatchObject({ name: 'types', counts: { passed: 0, failed: 1, skipped: 0 } })
  expect(result.failures[0]?.error.split('\n')).toEqual(['ended with code 3', ...lines(10, 19)])
  expect(pieces.join('')).toBe(['', '── types', ...lines(1, 19), ''].join('\n'))
})

test('what runs beside another is printed in one piece', async () => {
  const pieces = printed()
  const bed = bedOf({ aside: true })
  const program = put(bed.root, 'check.mjs', `process.stdout.write('one\\n', () => process.stdout.write('two\\n'))`)
  const result = await runCheck(bed, 'types', [program])
  expect(result.failures).toEqual([])
  expect(pieces).toEqual(['\n── types\none\ntwo\n'])
})

test('a check that the time is up for has failed, and says so', async () => {
  printed()
  const bed = bedOf({ deadlineMs: Date.now() })
  const program = put(bed.root, 'check.mjs', 'setInterval(() => undefined, 1000)')
  const result = await runCheck(bed, 'types', [program])
  expect(result).toMatchObject({ counts: { failed: 1 }, note: 'stopped: the time for all tests is up' })
  expect(result.failures[0]?.error).toMatch(/^stopped: the time for all tests is up/)
})

test('a check is over when it ends, whatever it left running', async () => {
  const pieces = printed()
  const bed = bedOf()
  const program = put(
    bed.root,
    'check.mjs',
    `import { spawn } from 'node:child_process'
    const left = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'inherit', detached: true })
    console.log(left.pid)
    left.unref()`
  )
  const { counts } = await runCheck(bed, 'types', [program])
  process.kill(Number(pieces.at(-1)))
  expect(counts.passed).toBe(1)
})

const lines = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => `line ${first + index}`)
