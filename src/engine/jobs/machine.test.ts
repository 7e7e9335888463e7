import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { endedStates, type JobState, jobState } from '../../shared/domain/jobs.ts'
import { assertMayMove, mayMove } from './machine.ts'

const states = jobState.options
const anyState = fc.constantFrom(...states)
const ended: readonly JobState[] = endedStates

/** Follows the wishes that the machine grants. */
function walk(wishes: JobState[]): JobState[] {
  const path: JobState[] = ['queued']
  for (const wish of wishes) {
    const here = path.at(-1) ?? 'queued'
    if (mayMove(here, wish)) path.push(wish)
  }
  return path
}

const reachable = (from: JobState): Set<JobState> => {
  const seen = new Set([from])
  for (const here of seen) for (const next of states) if (mayMove(here, next)) seen.add(next)
  return seen
}

describe('the machine of a job', () => {
  it('takes a job from the queue to its result', () => {
    expect(walk(['running', 'verifying', 'completed'])).toEqual(['queued', 'running', 'verifying', 'completed'])
  })

  it('queues a job again after a lost lease, a crash while verifying, and a retry', () => {
    for (const from of ['running', 'verifying', 'failed', 'cancelled', 'held'] as const)
      expect(mayMove(from, 'queued'), from).toBe(true)
  })

  it('never leaves completed', () => {
    expect([...reachable('completed')]).toEqual(['completed'])
  })

  it('completes a job after its result was verified, where it was there before, and where an outside engine has it', () => {
    expect(states.filter((from) => mayMove(from, 'completed'))).toEqual(['queued', 'running', 'verifying'])
  })

  it('lets only queued jobs be lent and only queued jobs be held', () => {
    expect(states.filter((from) => mayMove(from, 'running'))).toEqual(['queued'])
    expect(states.filter((from) => mayMove(from, 'held'))).toEqual(['queued'])
  })

  it('lets every job that has not ended be cancelled, and end in any way', () => {
    for (const from of states.filter((state) => !ended.includes(state))) {
      expect(mayMove(from, 'cancelled'), from).toBe(true)
      expect(ended.every((end) => reachable(from).has(end))).toBe(true)
    }
  })

  it('never stays, whatever is wished for', () => {
    fc.assert(
      fc.property(fc.array(anyState, { maxLength: 50 }), (wishes) => {
        const path = walk(wishes)
        return path.every((state, i) => state !== path[i - 1])
      })
    )
  })

  it('brings an ended job back only through the queue', () => {
    fc.assert(
      fc.property(fc.array(anyState, { maxLength: 50 }), (wishes) => {
        const path = walk(wishes)
        return path.every((state, i) => !ended.includes(path[i - 1] ?? 'queued') || state === 'queued')
      })
    )
  })

  it('says what was forbidden and what is allowed', () => {
    fc.assert(
      fc.property(anyState, anyState, (from, to) => {
        if (mayMove(from, to)) expect(() => assertMayMove(from, to)).not.toThrow()
        else expect(() => assertMayMove(from, to)).toThrow(`A job that is ${from} can't become ${to}.`)
      })
    )
  })
})
