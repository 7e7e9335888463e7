import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Invocation, parseArguments } from '../arguments/index.ts'
import { runCommand } from '../run-command.ts'
import { captureOutput } from '../testing/captured-output.ts'
import { FixtureNode, makeJob, nodeId } from '../testing/fixture-node.ts'

const never = new AbortController().signal

function parse(dataDir: string, ...args: string[]): Invocation {
  return parseArguments([...args, '--data', dataDir], { cwd: '/in', platform: 'linux', homeDir: '/', env: {} })
}

async function run(node: FixtureNode, ...args: string[]) {
  const captured = captureOutput({ json: true })
  const ok = await runCommand(parse(node.dataDir, ...args), captured.output, never)
  return { ok, events: captured.events() }
}

describe('convert at a running node', () => {
  test('submits, follows to the end and tells of every job in its last line', async () => {
    const node = await FixtureNode.start()
    node.jobs = [makeJob('a'), makeJob('b'), makeJob('c')]
    const converting = run(
      node,
      'convert',
      'a.svs',
      'missing.svs',
      '--to',
      'dzi',
      '--out',
      '/out',
      '--set',
      'exists=skip'
    )
    await expect.poll(() => node.calls.length).toBe(1)
    node.change('a', { state: 'running', progress: 0.5, nodeId, attempts: 1 })
    const done = { state: 'completed', progress: 1, nodeId, attempts: 1, startedAtMs: 1_000, endedAtMs: 3_500 } as const
    node.change('a', { ...done, output: '/out/a.dzi' })
    node.change('b', { ...done, output: '/out/b.dzi' })
    const error = { code: 'damaged', class: 'input' as const, message: 'Cut short.' }
    node.change('c', { state: 'failed', error, attempts: 1, nodeId })
    const { ok, events } = await converting
    expect(ok).toBe(false)
    expect(node.calls[0]?.input).toMatchObject({
      paths: ['/in/a.svs', '/in/missing.svs'],
      destination: '/out',
      onExists: 'skip'
    })
    expect(events.slice(0, -1).every(({ event }) => event === 'progress')).toBe(true)
    expect(events.at(-1)).toEqual({
      event: 'done',
      jobs: [
        {
          job: 'a',
          file: '/in/a.svs',
          state: 'completed',
          output: '/out/a.dzi',
          node: nodeId,
          attempts: 1,
          seconds: 2.5,
          report: { levels: 3 }
        },
        {
          job: 'b',
          file: '/in/b.svs',
          state: 'completed',
          output: '/out/b.dzi',
          node: nodeId,
          attempts: 1,
          seconds: 2.5,
          report: { levels: 3 }
        },
        {
          job: 'c',
          file: '/in/c.svs',
          state: 'failed',
          output: null,
          node: nodeId,
          attempts: 1,
          seconds: 0,
          error,
          report: { levels: 3 }
        },
        {
          job: null,
          file: '/in/missing.svs',
          state: 'failed',
          output: null,
          node: null,
          attempts: 0,
          seconds: 0,
          error: { code: 'not-found', class: 'input', message: 'There is no such file.' }
        }
      ]
    })
  })

  test('gives the profile for every kind of content that it takes', async () => {
    const node = await FixtureNode.start()
    await run(node, 'convert', 'missing.svs', '--to', 'dzi', '--out', '/out')
    const profile = expect.objectContaining({ name: 'dzi' })
    expect(node.calls[0]?.input).toMatchObject({ profiles: { slide: profile, image: profile } })
  })

  test('tells what became of a slide in a sentence, and warns where the patient may be named', async () => {
    const node = await FixtureNode.start()
    node.jobs = [makeJob('a', { state: 'completed', output: '/out/a.dzi' })]
    node.report = { tiles: { total: 100, copied: 96, encoded: 4 }, removed: [], deidentified: false }
    const args = ['convert', 'a.svs', '--to', 'dzi', '--out', '/out', '--set', 'deidentify=false', '--name', '{hash}']
    const { events } = await run(node, ...args)
    expect(events[0]).toMatchObject({ event: 'warning', message: expect.stringContaining('may name the patient') })
    const summary = '96 % of tiles copied, 4 % encoded; not de-identified'
    expect(events.at(-1)).toMatchObject({ jobs: [{ summary }] })
    expect(node.calls[0]?.input).toMatchObject({ namePattern: '{hash}' })
    const { output, text } = captureOutput({ json: false })
    await runCommand(parse(node.dataDir, ...args), output, never)
    expect(text()).toMatch(/^Not de-identified: .*\n/)
    expect(text()).toContain(`a.svs: ${summary}.\n1 of 1 converted.`)
  })

  test('goes on where it was when the node is killed and comes back, without submitting again', async () => {
    const node = await FixtureNode.start()
    node.jobs = [makeJob('a')]
    const converting = run(node, 'convert', 'a.svs', '--to', 'dzi', '--out', '/out')
    await expect.poll(() => node.calls.length).toBe(1)
    node.kill()
    const restarted = await FixtureNode.start(node.dataDir)
    restarted.jobs = [makeJob('a', { state: 'completed', output: '/out/a.dzi' })]
    const { ok, events } = await converting
    expect(ok).toBe(true)
    expect(events.at(-1)).toMatchObject({ event: 'done', jobs: [{ job: 'a', output: '/out/a.dzi' }] })
    expect(restarted.calls).toEqual([])
  })

  test('cancels what has not ended when it is interrupted', async () => {
    const node = await FixtureNode.start()
    node.jobs = [makeJob('a'), makeJob('b', { state: 'completed' })]
    const interruption = new AbortController()
    const captured = captureOutput({ json: true })
    const invocation = parse(node.dataDir, 'convert', 'a.svs', '--to', 'dzi', '--out', '/out')
    const converting = runCommand(invocation, captured.output, interruption.signal)
    await expect.poll(() => captured.events().length).toBeGreaterThan(0)
    interruption.abort()
    expect(await converting).toBe(false)
    expect(node.calls.at(-1)).toEqual({ command: 'cancel', input: { ids: ['a'] } })
  })
})

describe('commands at a running node', () => {
  test('jobs lists every page', async () => {
    const node = await FixtureNode.start()
    node.jobs = ['a', 'b', 'c', 'd', 'e'].map((id) => makeJob(id))
    node.jobs[1] = makeJob('b', { state: 'completed', output: '/out/b.dzi', nodeId, progress: 1, attempts: 2 })
    const { events } = await run(node, 'jobs')
    expect(events.map(({ job }) => job)).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(events[0]).toEqual({
      event: 'job',
      job: 'a',
      file: '/in/a.svs',
      state: 'queued',
      progress: 0,
      node: null,
      attempts: 0
    })
    expect(events[1]).toMatchObject({ node: nodeId, attempts: 2, output: '/out/b.dzi' })
  })

  test('a job may be named by the beginning of its id, on any page', async () => {
    const node = await FixtureNode.start()
    node.jobs = ['aa1', 'ab2', 'ab3', 'b'].map((id) => makeJob(id))
    expect(await run(node, 'hold', 'aa', 'b')).toMatchObject({ ok: true })
    expect(node.calls).toEqual([{ command: 'hold', input: { ids: ['aa1', 'b'] } }])
  })

  test('a beginning that means several jobs, or none, changes nothing', async () => {
    const node = await FixtureNode.start()
    node.jobs = ['ab2', 'ab3'].map((id) => makeJob(id))
    await expect(run(node, 'cancel', 'ab')).rejects.toMatchObject({ code: 'ambiguous-job' })
    await expect(run(node, 'cancel', 'zz')).rejects.toMatchObject({ code: 'unknown-job' })
    expect(node.calls).toEqual([])
  })
})

describe('finding the node of a data folder', () => {
  test('a folder where none ever ran is answered with how to start one', async () => {
    const invocation = parse('/nowhere', 'jobs')
    const { output } = captureOutput({ json: true })
    await expect(runCommand(invocation, output, never)).rejects.toMatchObject({
      code: 'not-running',
      hint: expect.stringContaining('microtome serve')
    })
  })

  test('the run file of a node that was killed counts as none', async () => {
    const node = await FixtureNode.start()
    node.kill()
    await expect(run(node, 'jobs')).rejects.toMatchObject({ code: 'not-running' })
  })

  test('somebody else on the port of a dead node counts as none', async () => {
    const node = await FixtureNode.start()
    const file = join(node.dataDir, 'run.json')
    const info = JSON.parse(readFileSync(file, 'utf8'))
    writeFileSync(file, JSON.stringify({ ...info, token: 'of-the-dead-node' }))
    await expect(run(node, 'jobs')).rejects.toMatchObject({ code: 'not-running' })
  })
})
