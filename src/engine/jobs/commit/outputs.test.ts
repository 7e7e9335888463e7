import { rmSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parseProfile } from '../../../shared/domain/profiles.ts'
import type { Outputs } from '../../scheduler/index.ts'
import { openStorage } from '../../storage/index.ts'
import type { JobChange, NewJob, StoredJob } from '../job-store.ts'
import { JobOutputs } from './outputs.ts'
import { LabFolder } from './testing/lab-folder.ts'

/** A drop of one slide into a real destination, with the real job store. */
async function drop(over: Partial<NewJob> = {}) {
  const lab = new LabFolder()
  lab.write({ 'CMU-1.svs': 'a slide' }, lab.root)
  const { jobs, close } = openStorage(join(lab.root, 'microtome.db'), lab.clock)
  onTestFinished(close)
  const dropped: string[] = []
  const parts = { jobs, owner: 'me', needBytes: () => 0, dropUpload: async (id: string) => void dropped.push(id) }
  const outputs: Outputs & JobOutputs = new JobOutputs({ ...lab.place, ...parts })
  const source = { type: 'file', path: join(lab.root, 'CMU-1.svs') } as const
  const { size, mtimeMs } = statSync(source.path)
  const add = async (id: string): Promise<StoredJob> => {
    const submission = {
      id: `drop of ${id}`,
      createdAtMs: 1,
      destination: lab.destination,
      priority: 'normal',
      onExists: 'skip'
    } as const
    const [job] = await jobs.addSubmission(submission, [
      {
        id,
        submissionId: submission.id,
        source,
        name: 'CMU-1.svs',
        kind: 'slide',
        sizeBytes: size,
        sourceModifiedAtMs: mtimeMs,
        profile: parseProfile('dzi'),
        sink: { type: 'folder', dir: lab.destination },
        onExists: 'skip',
        priority: 'normal',
        state: 'queued',
        createdAtMs: 1,
        ...over
      }
    ])
    if (!job) throw new Error('The store added no job.')
    return job
  }
  const convert = async (id: string) => {
    const job = await add(id)
    const dir = await outputs.stage(job, 1)
    lab.write({ 'result.dzi': 'dzi', 'result_files/0/0_0.jpg': 'tile' }, dir)
    const journal = await outputs.plan(job, 1, { primary: 'result.dzi', totalBytes: 7, report: {}, runMs: 1 })
    await outputs.commit(job, journal)
    const change: JobChange = { state: 'completed', output: journal.output }
    const completed = { ...job, ...change } as StoredJob
    await outputs.completed(completed)
    await outputs.discard(job, 1)
    return journal.output
  }
  return { lab, outputs, source, add, convert, dropped }
}

describe('dropping the same again', () => {
  it('finds the result of the same source with the same profile', async () => {
    const { outputs, add, convert } = await drop()
    expect(await outputs.sameResult(await add('before'))).toBeUndefined()
    const output = await convert('first')
    expect(await outputs.sameResult(await add('again'))).toBe(output)
  })

  it('does not find it for another profile or destination', async () => {
    const { lab, outputs, add, convert } = await drop()
    await convert('first')
    const job = await add('again')
    expect(await outputs.sameResult({ ...job, profile: parseProfile('dzi', { quality: 50 }) })).toBeUndefined()
    expect(await outputs.sameResult({ ...job, sink: { type: 'folder', dir: lab.root } })).toBeUndefined()
    // Nor the one that bears the case's number, where another name is wanted.
    expect(await outputs.sameResult({ ...job, sink: { ...job.sink, name: '001' } })).toBeUndefined()
    expect(await outputs.sameResult({ ...job, sink: { ...job.sink, name: 'CMU-1' } })).toBeDefined()
  })

  it.each<[string, (files: { source: string; output: string }) => void]>([
    ['the source changed', ({ source }) => utimesSync(source, 1, 1)],
    ['the source is gone', ({ source }) => rmSync(source)],
    ['the result changed', ({ output }) => utimesSync(output, 1, 1)],
    ['the result is gone', ({ output }) => rmSync(output)],
    ['its tiles are gone', ({ output }) => rmSync(output.replace('.dzi', '_files'), { recursive: true })]
  ])('does not take it for the same when %s', async (_what, happen) => {
    const { outputs, source, add, convert } = await drop()
    const output = await convert('first')
    const job = await add('again')
    happen({ source: source.path, output })
    expect(await outputs.sameResult(job)).toBeUndefined()
  })
})

describe('a slide of several files', () => {
  const ofParts = async () => {
    const dropped = await drop()
    dropped.lab.write({ 'CMU-1/Data0.dat': 'the pixels' }, dropped.lab.root)
    const files = ['CMU-1.svs', 'CMU-1/Data0.dat'].map((path) => ({ path, sizeBytes: 1 }))
    const source = { ...dropped.source, parts: { dir: dropped.lab.root, files } }
    const data = join(dropped.lab.root, 'CMU-1', 'Data0.dat')
    const states = [source.path, data].map((path) => statSync(path))
    const state = {
      sizeBytes: states.reduce((sum, { size }) => sum + size, 0),
      sourceModifiedAtMs: Math.max(...states.map(({ mtimeMs }) => mtimeMs))
    }
    return { ...dropped, data, add: async (id: string) => ({ ...(await dropped.add(id)), ...state, source }) }
  }

  it('is known by all of them', async () => {
    const { outputs, add, convert, data } = await ofParts()
    const output = await convert('first')
    const job = await add('again')
    await outputs.completed({ ...job, state: 'completed', output })
    expect(await outputs.sameResult(job)).toBe(output)
    utimesSync(data, 2e9, 2e9)
    expect(await outputs.sameResult(job)).toBeUndefined()
  })

  it('does not begin when one is gone', async () => {
    const { outputs, add, data } = await ofParts()
    const job = await add('late')
    rmSync(data)
    await expect(outputs.stage(job, 1)).rejects.toMatchObject({ code: 'source-gone', class: 'input' })
  })
})

describe('a job and its files', () => {
  it('leaves nothing but the result', async () => {
    const { lab, convert } = await drop()
    await convert('first')
    expect(Object.keys(lab.contents()).sort()).toEqual(['CMU-1.dzi', 'CMU-1_files/0/0_0.jpg'])
  })

  it('ends at once when its source is gone', async () => {
    const { outputs, source, add } = await drop()
    const job = await add('late')
    rmSync(source.path)
    await expect(outputs.stage(job, 1)).rejects.toMatchObject({ code: 'source-gone', class: 'input' })
  })

  it('lets go of an upload, and remembers nothing of it', async () => {
    const { outputs, source, add, dropped } = await drop({
      source: { type: 'upload', path: join('/nowhere', 'CMU-1.svs'), uploadId: 'u1' }
    })
    const job = await add('upload')
    await outputs.completed({ ...job, output: source.path })
    expect(dropped).toEqual(['u1'])
    expect(await outputs.sameResult({ ...job, source })).toBeUndefined()
  })
})
