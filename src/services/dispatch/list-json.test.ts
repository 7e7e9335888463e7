import { expect, test } from 'vitest'
import type { DispatchJob } from '../../engine/service-api.ts'
import { answersOf } from './answers.ts'
import { jobWording } from './job-json.ts'
import { listWording } from './list-json.ts'

const job = (id: string, more: Partial<DispatchJob> = {}): DispatchJob => ({
  id,
  sourceUrl: 'http://127.0.0.1:9/Ärger.mp4',
  targetCodec: 'h264',
  profile: 'h264',
  jobSizeMb: 1,
  maxRetries: 3,
  priority: 'normal',
  state: 'queued',
  hasResult: false,
  retries: 0,
  createdAtMs: 0,
  updatedAtMs: 0,
  ...more
})
const wordJob = jobWording(answersOf('documented'))
const wordList = listWording(wordJob)
const texts = (jobs: DispatchJob[], origin: string) =>
  JSON.parse(`[${jobs.map((one) => wordJob(one, origin)).join(',')}]`)

test('a list says of each job what the job alone says, to every caller under its own address', () => {
  const jobs = [job('a'), job('b', { state: 'completed', hasResult: true }), job('c')]
  for (const origin of ['http://one', 'http://other', 'http://one', ''])
    for (const some of [jobs, jobs.toReversed(), jobs.slice(1), jobs.slice(0, 1), []])
      expect(JSON.parse(wordList(some, origin).toString())).toEqual(texts(some, origin))
})
