import type { ApiKey, KeyScope } from '../../shared/domain/keys.ts'

export type { ApiKey, KeyScope }

/** Keys of third parties: kept hashed, compared in constant time. */
export interface KeysApi {
  /** `key` is told this once. Throws `bad-key`, class `input`, for no scope or a label that is too long. */
  create(wish: { scopes: readonly KeyScope[]; label?: string | undefined }): Promise<ApiKey & { key: string }>
  /** The oldest first. */
  list(): Promise<ApiKey[]>
  /** False where there is no such key. It is refused from the next request on. */
  revoke(id: string): Promise<boolean>
  /** Called with the id of each key that is revoked from now on; answers how to stop. Must not throw. */
  onRevoke(listener: (id: string) => void): () => void
  /** Synchronous and cheap: asked for every request. Undefined for a key that is not known or was revoked. */
  check(key: string): ApiKey | undefined
}
