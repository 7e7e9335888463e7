export type { Member } from './membership.ts'
export { Roster } from './roster.ts'
export { wasRemoved } from './was-removed.ts'
