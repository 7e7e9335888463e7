export { wakeLock } from './wake-lock.ts'
