import { execFile } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const reportSchema = z.object({
  testResults: z.array(z.object({ name: z.string(), status: z.string(), message: z.string() }))
})

describe('the leak detector', () => {
  const report = join(tmpdir(), 'leaks.json')
  let results = new Map<string, { status: string; message: string }>()

  beforeAll(async () => {
    await runLeakyFiles(report)
    const parsed = reportSchema.parse(JSON.parse(readFileSync(report, 'utf8')))
    results = new Map(parsed.testResults.map((file) => [basename(file.name, '.leak.ts'), file]))
  }, 240_000)

  afterAll(() => rmSync(report, { force: true }))

  test('lets a file pass that closes what it opens', () => {
    expect(results.get('nothing')).toMatchObject({ status: 'passed' })
  })

  test.each([
    ['timer', /1 x Timeout/],
    ['server', /server on .*127\.0\.0\.1/],
    ['socket', /socket \d+ -> 127\.0\.0\.1:\d+/],
    ['child', /process \d+: .*setInterval/],
    ['grandchild', /process \d+: .*setInterval/],
    ['folder', /temporary file or folder microtome-/]
  ])('fails a file that leaves a %s behind and names it', (kind, words) => {
    expect(results.get(kind)).toMatchObject({ status: 'failed', message: expect.stringMatching(words) })
  })
})

function runLeakyFiles(report: string): Promise<void> {
  const vitest = at('../../node_modules/vitest/vitest.mjs')
  const args = [vitest, 'run', '--config', at('leaky/vitest.config.ts'), '--reporter=json', `--outputFile=${report}`]
  // It fails, as it should; the report tells the rest. On a busy machine what is closed is gone within a second.
  const env = { ...process.env, LEAK_GRACE_MS: '1000' }
  return new Promise((resolve) => execFile(process.execPath, args, { env }, () => resolve()))
}
