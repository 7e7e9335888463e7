import type { ApiKey } from '../../shared/domain/keys.ts'

/** A key with the SHA-256 of what it says, as 64 hex digits. */
export type StoredKey = ApiKey & { hash: string }

/** Where keys are kept; each call is durable when it resolves. */
export interface KeyStore {
  /** The oldest first. */
  all(): Promise<StoredKey[]>
  add(key: StoredKey): Promise<void>
  /** False where there was none. */
  remove(id: string): Promise<boolean>
  /** Notes when keys were last used; those that are gone are left out. */
  used(keys: readonly { id: string; lastUsedAtMs: number }[]): Promise<void>
}
