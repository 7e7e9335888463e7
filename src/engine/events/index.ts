export { Batch, EventHub, type Topics } from './hub.ts'
export { Subscription } from './subscription.ts'
