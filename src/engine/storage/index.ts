export type { Documents } from './documents.ts'
export { openStorage, type Storage } from './open-storage.ts'
