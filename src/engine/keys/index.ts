export type { KeyStore, StoredKey } from './key-store.ts'
export { Keys } from './keys.ts'
export type { KeysApi } from './keys-api.ts'
export { unknownKey } from './unknown-key.ts'
