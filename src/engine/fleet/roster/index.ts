export type { Member } from './membership.ts'
export { Roster } from './roster.ts'
