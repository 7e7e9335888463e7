import type { Plan } from './plan.ts'
import { runPlan } from './run-plan.ts'

/* The generator's process: is sent plans over the channel to its parent, one at a time, and answers what came of each. */
process.on('message', (plan) => {
  runPlan(plan as Plan).then(
    (outcome) => process.send?.({ outcome }),
    (error: Error) => process.send?.({ error: error.message })
  )
})
process.once('disconnect', () => process.exit())
