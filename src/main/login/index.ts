export { ownLogin } from './own-login.ts'
export { startAtLogin } from './start-at-login.ts'
