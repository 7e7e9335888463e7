export type { Documents } from './documents.ts'
export { openStorage, type Storage } from './open-storage.ts'
export { openOrBegin, setAsideNotice } from './set-aside.ts'
