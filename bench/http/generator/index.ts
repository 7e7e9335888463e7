import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { atEnd, endProcess } from '../../at-end.ts'
import type { Bench } from '../../bench.ts'
import { environment } from '../../nodes/running-node.ts'
import type { Outcome, Plan } from './plan.ts'

export type { Outcome, Plan, Request } from './plan.ts'

const program = fileURLToPath(new URL('generator.ts', import.meta.url))

/** Sends a plan from a process of its own, so that the server has the other core. Rejects where a connection breaks. */
export type Generator = (plan: Plan) => Promise<Outcome>

/** Starts the process; it ends with the bench. */
export function startGenerator(bench: Bench): Generator {
  const child = fork(program, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], env: environment() })
  atEnd(bench.undo, () => endProcess(child))
  return async (plan) => {
    child.send(plan)
    const [message] = (await once(child, 'message')) as [{ outcome: Outcome } | { error: string }]
    if ('error' in message) throw new Error(`the generator gave up: ${message.error}`)
    return message.outcome
  }
}
