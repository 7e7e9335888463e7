import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SubmitInput } from '../../shared/contract/local.ts'
import { type Kind, type Profile, parseProfile } from '../../shared/domain/profiles.ts'
import { MicrotomeError } from '../../shared/errors.ts'
import { FakeClock } from '../fake-clock.ts'
import { openStorage, type Storage } from '../storage/index.ts'
import { type Intake, Submitter } from './index.ts'

let folder: string
let storage: Storage
let clock: FakeClock
let submitter: Submitter
/** What was done, in order. */
let steps: string[]
let nodePattern: string

const dzi = parseProfile('dzi')
const webp = parseProfile('webp')
const unknown = new MicrotomeError({ code: 'not-recognised', class: 'input', message: 'It is nothing we know.' })

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'microtome-submitter-'))
  clock = new FakeClock()
  storage = openStorage(join(folder, 'test.db'), clock)
  steps = []
  nodePattern = '{name}'
  submitter = new Submitter({
    jobs: storage.jobs,
    leases: storage.leases,
    intake: intake(),
    clock,
    namePattern: () => nodePattern
  })
})

afterEach(async () => {
  storage.close()
  await rm(folder, { recursive: true })
})

const kinds: Record<string, Kind> = { svs: 'slide', jpg: 'image', mp4: 'video' }
const file = (path: string, insideFolder: boolean) => ({
  path,
  name: path.split('/').at(-1) ?? '',
  sizeBytes: 7,
  modifiedAtMs: 5,
  insideFolder
})

/** Files exist as the test names them: a folder is `/folder` with one of each kind, a text, and a part that can't be read. */
function intake(): Intake {
  return {
    async *walk(path, onUnreadable) {
      if (path.includes('gone')) throw new MicrotomeError({ code: 'not-found', class: 'input', message: 'Gone.' })
      if (path !== '/folder') return yield file(path, false)
      onUnreadable('/folder/locked', { code: 'not-readable', class: 'input', message: 'Locked.' })
      for (const name of ['a.svs', 'b.jpg', 'c.mp4', 'd.txt']) yield file(`/folder/${name}`, true)
    },
    separate: async (paths) => [...paths],
    async look(found) {
      steps.push(`look at ${found.name}`)
      if (found.name === 'half.mrxs')
        throw new MicrotomeError({ code: 'missing-part', class: 'input', message: 'Half.' })
      const kind = kinds[found.name.split('.').at(-1) ?? '']
      if (!kind) throw unknown
      if (kind !== 'slide') return { kind, file: found }
      const parts = {
        dir: '/slides',
        files: [
          { path: found.name, sizeBytes: 7 },
          { path: 'a/1.dat', sizeBytes: 13 }
        ]
      }
      return { kind, file: { ...found, sizeBytes: 20, parts }, slide: { widthPx: 9, heightPx: 5, copyable: true } }
    },
    async hash({ name }) {
      if (name.startsWith('vanished'))
        throw new MicrotomeError({ code: 'source-gone', class: 'input', message: 'Gone.' })
      return `hash of ${name}`
    },
    async upload(uploadId) {
      if (uploadId === 'half') throw new MicrotomeError({ code: 'upload-incomplete', class: 'input', message: 'Half.' })
      return file(`/uploads/${uploadId}/photo.jpg`, false)
    },
    async takeUpload(uploadId) {
      steps.push(`take ${uploadId}: ${(await storage.jobs.counts()).queued} stored`)
    }
  }
}

const input = (over: Partial<SubmitInput>): SubmitInput => ({
  paths: [],
  uploadIds: [],
  profiles: { slide: dzi, image: webp },
  destination: '/out',
  priority: 'normal',
  onExists: 'rename',
  ...over
})

const submitted = async (over: Partial<SubmitInput>) => {
  const { jobs, refused, submissionId } = await submitter.submit(input(over))
  return {
    submissionId,
    jobs: jobs.map(({ name, profile, kind }) => [name, profile.name, kind]),
    refused: refused.map(({ name, error }) => [name, error.code])
  }
}

describe('a submission', () => {
  it('is stored with a task for each of its jobs when it answers', async () => {
    const { jobs, submissionId } = await submitter.submit(input({ paths: ['/a.svs', '/b.jpg'], priority: 'stat' }))
    expect(await storage.jobs.submission(submissionId)).toMatchObject({
      total: 2,
      destination: '/out',
      priority: 'stat'
    })
    for (const job of jobs) {
      expect(await storage.jobs.get(job.id)).toEqual(job)
      expect(await storage.leases.task(job.id)).toEqual({ epoch: 0, state: 'waiting' })
    }
    expect(jobs.map(({ sequence }) => sequence)).toEqual([1, 2])
  })

  it('gives each file the profile of its kind', async () => {
    expect(await submitted({ paths: ['/a.svs', '/b.jpg'] })).toMatchObject({
      jobs: [
        ['a.svs', 'dzi', 'slide'],
        ['b.jpg', 'webp', 'image']
      ],
      refused: []
    })
  })

  it('takes of a folder what profiles were given for, and tells what is damaged or can’t be read', async () => {
    expect(await submitted({ paths: ['/folder'] })).toMatchObject({
      jobs: [
        ['a.svs', 'dzi', 'slide'],
        ['b.jpg', 'webp', 'image']
      ],
      refused: [
        ['locked', 'not-readable'],
        ['d.txt', 'not-recognised']
      ]
    })
  })

  it('refuses a single file that no profile was given for, and one that is gone, by name', async () => {
    expect(await submitted({ paths: ['/film.mp4', '/gone.svs', '/a.svs'] })).toMatchObject({
      jobs: [['a.svs', 'dzi', 'slide']],
      refused: [
        ['film.mp4', 'no-profile'],
        ['gone.svs', 'not-found']
      ]
    })
  })

  it('leaves the judgement to the converter where one profile is meant for whatever comes', async () => {
    const all = (profile: Profile) => ({ slide: profile, image: profile, video: profile })
    expect(await submitted({ paths: ['/notes.txt'], profiles: all(dzi) })).toMatchObject({
      jobs: [['notes.txt', 'dzi', 'slide']]
    })
    // But of a folder's files only those that it can take.
    expect((await submitted({ paths: ['/folder'], profiles: all(dzi) })).jobs).toEqual([
      ['a.svs', 'dzi', 'slide'],
      ['b.jpg', 'dzi', 'slide']
    ])
  })

  it('takes an upload once its job is stored, and refuses one that is not whole without losing the others', async () => {
    expect(await submitted({ uploadIds: ['half', 'whole', 'whole'] })).toMatchObject({
      jobs: [['photo.jpg', 'webp', 'image']],
      refused: [['half', 'upload-incomplete']]
    })
    expect(steps).toEqual(['look at photo.jpg', 'take whole: 1 stored'])
  })

  it('that nothing came of is not kept', async () => {
    const { submissionId, jobs } = await submitted({ paths: ['/notes.txt'] })
    expect(jobs).toEqual([])
    expect(await storage.jobs.submission(submissionId)).toBeUndefined()
  })

  it.each([
    ['a destination that is not absolute', { destination: 'out' }, 'bad-destination'],
    ['no profile at all', { profiles: {} }, 'no-profile'],
    [
      'an option that does not fit',
      { profiles: { slide: { name: 'dzi', options: { quality: 400 } } } } as const,
      'bad-option'
    ]
  ])('is refused with %s, and nothing is stored', async (_what, over, code) => {
    await expect(submitter.submit(input({ paths: ['/a.svs'], ...over }))).rejects.toMatchObject({
      code,
      class: 'input'
    })
    expect((await storage.jobs.counts()).queued).toBe(0)
  })

  it('fills in the options that were not given', async () => {
    const { jobs } = await submitter.submit(
      input({ paths: ['/a.svs'], profiles: { slide: { name: 'dzi', options: { quality: '70' } } } })
    )
    expect(jobs[0]?.profile).toEqual(parseProfile('dzi', { quality: 70 }))
  })

  it('keeps what the look told of a slide: its parts, their size together, its own size', async () => {
    const { jobs } = await submitter.submit(input({ paths: ['/a.svs'] }))
    expect(jobs[0]).toMatchObject({
      sizeBytes: 20,
      source: { parts: { dir: '/slides', files: [{ path: 'a.svs' }, { path: 'a/1.dat' }] }, slide: { copyable: true } }
    })
    const { jobs: photos } = await submitter.submit(input({ paths: ['/b.jpg'] }))
    expect(photos[0]?.source).toEqual({ type: 'file', path: '/b.jpg' })
  })

  it('names a part that is missing before anything starts, whatever the profile is meant for', async () => {
    const profiles = { slide: dzi, image: dzi, video: dzi }
    expect(await submitted({ paths: ['/half.mrxs'], profiles })).toMatchObject({
      jobs: [],
      refused: [['half.mrxs', 'missing-part']]
    })
  })
})

describe('results', () => {
  const names = async (over: Partial<SubmitInput>) => {
    const { jobs, refused } = await submitter.submit(input(over))
    return [...jobs.map(({ sink }) => sink.name), ...refused.map(({ error }) => error.code)]
  }

  it('are called as their sources unless the submission or the node says otherwise', async () => {
    expect(await names({ paths: ['/a.svs'] })).toEqual([undefined])
    nodePattern = 'lab {index}'
    expect(await names({ paths: ['/a.svs'] })).toEqual(['lab 001'])
    expect(await names({ paths: ['/a.svs'], namePattern: '{name}' })).toEqual([undefined])
  })

  it('are counted among what became jobs, and hashed by content', async () => {
    expect(await names({ paths: ['/x.txt', '/a.svs', '/b.jpg'], namePattern: '{index} {name} {hash}' })).toEqual([
      '001 a hash of a.svs',
      '002 b hash of b.jpg',
      'not-recognised'
    ])
  })

  it('of what can no longer be read are refused, and the others stay', async () => {
    expect(await names({ paths: ['/vanished.jpg', '/b.jpg'], namePattern: '{hash}' })).toEqual([
      'hash of b.jpg',
      'source-gone'
    ])
  })
})
