import { jobState } from '../../../shared/domain/jobs.ts'
import { kinds } from '../../../shared/domain/profiles.ts'
import { FakeEngine, idleEngine } from './fake-service-api.ts'

const outcomes = ['completed', 'failed', 'cancelled'] as const

/** An engine in which everything that is measured happened already: jobs of all kinds, states and outcomes, workers, outside engines. */
export function busyEngine(): FakeEngine {
  const engine = new FakeEngine()
  engine.figures = {
    startedAtMs: 1_700_000_000_000,
    jobs: kinds.flatMap((kind) => jobState.options.map((state) => ({ state, kind, node: 'Pathology 3', count: 1 }))),
    workers: [
      { name: 'Pathology 3', state: 'working', slots: 4, busy: 2 },
      { name: 'Night shift', state: 'offline', slots: 8, busy: 0 }
    ],
    children: 2,
    ended: kinds.flatMap((kind) =>
      outcomes.map((outcome) => ({
        ...{ kind, outcome, queuedMs: 1500, runMs: 20_000, transferMs: 300 },
        ...{ sourceBytes: 5_000_000, resultBytes: 2_000_000 }
      }))
    )
  }
  for (const state of jobState.options) engine.dispatchJobs[state] = 2
  engine.engines = [idleEngine('a'), { ...idleEngine('b'), jobIds: ['1'] }, { ...idleEngine('c'), online: false }]
  return engine
}
