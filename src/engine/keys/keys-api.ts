/** What a key may do: submit and read its jobs, work as an engine, read everything, or all of it. */
export const keyScopes = ['submit', 'work', 'read', 'admin'] as const
export type KeyScope = (typeof keyScopes)[number]

/** A key as it is kept: never what it says. */
export interface ApiKey {
  id: string
  /** For people: what it is for. */
  label: string
  scopes: KeyScope[]
  createdAtMs: number
  /** To the minute; undefined while nobody used it. */
  lastUsedAtMs?: number | undefined
}

/** Keys of third parties: kept hashed, compared in constant time. */
export interface KeysApi {
  /** `key` is told this once. */
  create(wish: { scopes: KeyScope[]; label?: string | undefined }): Promise<ApiKey & { key: string }>
  list(): Promise<ApiKey[]>
  /** False where there is no such key. It is refused from the next request on. */
  revoke(id: string): Promise<boolean>
  /** Synchronous and cheap: asked for every request. Undefined for a key that is not known or was revoked. */
  check(key: string): ApiKey | undefined
}
