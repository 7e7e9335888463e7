import { afterEach, expect, it } from 'vitest'
import { type Submission, submission as schema } from '../../shared/domain/jobs.ts'
import { useLab } from '../state/lab-store.ts'
import { newlyEnded, putAway, useEnded } from './ended-store.ts'
import { summaryOf } from './summary-words.ts'

const submission = (id: string, change: Partial<Submission> = {}): Submission =>
  schema.parse({
    id,
    createdAtMs: 0,
    destination: '/out',
    priority: 'normal',
    onExists: 'rename',
    total: 10,
    completed: 0,
    failed: 0,
    cancelled: 0,
    skipped: 0,
    ...change
  })
const mapOf = (...all: Submission[]) => new Map(all.map((one) => [one.id, one]))

afterEach(() => {
  useLab.setState({ submissions: new Map() })
  useEnded.setState({ ids: [] })
})

it('tells only what there is, and done always', () => {
  expect(summaryOf(submission('a', { completed: 10 }))).toBe('10 done')
  expect(summaryOf(submission('a', { completed: 5, failed: 2, skipped: 1, cancelled: 1 }))).toBe(
    '4 done, 2 failed, 1 skipped, 1 cancelled, 2 to go'
  )
  expect(summaryOf(submission('a', { failed: 10 }))).toBe('0 done, 10 failed')
})

it('announces what ended while somebody watched, not what had ended before', () => {
  const before = mapOf(submission('open'), submission('over', { endedAtMs: 1 }))
  const now = mapOf(
    submission('open', { endedAtMs: 2 }),
    submission('over', { endedAtMs: 1 }),
    submission('new', { endedAtMs: 1 })
  )
  expect(newlyEnded(before, now)).toEqual({ ended: ['open'], reopened: [] })
})

it('takes the announcement back when the submission is retried', () => {
  useLab.setState({ submissions: mapOf(submission('a')) })
  useLab.setState({ submissions: mapOf(submission('a', { endedAtMs: 5 })) })
  expect(useEnded.getState().ids).toEqual(['a'])
  useLab.setState({ submissions: mapOf(submission('a')) })
  expect(useEnded.getState().ids).toEqual([])
})

it('keeps an announcement until somebody puts it away', () => {
  useLab.setState({ submissions: mapOf(submission('a'), submission('b')) })
  useLab.setState({ submissions: mapOf(submission('a', { endedAtMs: 5 }), submission('b', { endedAtMs: 6 })) })
  putAway('b')
  expect(useEnded.getState().ids).toEqual(['a'])
})
