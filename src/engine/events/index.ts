export { Batch, EventHub, type Topics } from './hub.ts'
export { inTurns } from './in-turns.ts'
export { Subscription } from './subscription.ts'
