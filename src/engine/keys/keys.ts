import { hash, randomBytes, timingSafeEqual } from 'node:crypto'
import { type ApiKey, type KeyScope, keyScopes, maxKeyLabelLength } from '../../shared/domain/keys.ts'
import { type JobError, MicrotomeError } from '../../shared/errors.ts'
import type { Clock, Timer } from '../clock.ts'
import type { KeyStore, StoredKey } from './key-store.ts'
import type { KeysApi } from './keys-api.ts'

const secretBytes = 32
/** All keys of ours look like this; anything else is refused before it is hashed. */
const keyPattern = /^mt_[A-Za-z0-9_-]{43}$/
const keyLength = 46
const minuteMs = 60_000

interface Parts {
  store: KeyStore
  clock: Clock
  /** A note of last use that can't be written; nothing else depends on it. */
  onBug: (thrown: unknown) => void
}

interface KnownKey {
  readonly key: ApiKey
  readonly digest: Buffer
}

/**
 * The keys of this node. What a key says is 256 random bits: nobody can try them all, so one SHA-256 keeps it as well as a slow hash
 * would, and a check costs microseconds (see docs/decisions, "API keys"). All are in memory by their hash; the store is told first.
 */
export class Keys implements KeysApi {
  readonly #parts: Parts
  readonly #byHash = new Map<string, KnownKey>()
  readonly #unwritten = new Set<ApiKey>()
  readonly #onRevoke = new Set<(id: string) => void>()
  readonly #writing: Timer

  private constructor(parts: Parts, stored: readonly StoredKey[]) {
    this.#parts = parts
    for (const key of stored) this.#remember(key)
    this.#writing = parts.clock.every(minuteMs, () => void this.#writeUses())
  }

  /** Reads the keys that there are. When they were used is written each minute from now on, and by {@link close}. */
  static async open(parts: Parts): Promise<Keys> {
    return new Keys(parts, await parts.store.all())
  }

  async create(wish: Parameters<KeysApi['create']>[0]): Promise<ApiKey & { key: string }> {
    const key = `mt_${randomBytes(secretBytes).toString('base64url')}`
    const stored: StoredKey = {
      id: randomBytes(5).toString('hex'),
      label: checkedLabel(wish.label ?? ''),
      scopes: checkedScopes(wish.scopes),
      createdAtMs: this.#parts.clock.wallMs(),
      hash: hashOf(key)
    }
    await this.#parts.store.add(stored)
    return { ...this.#remember(stored), key }
  }

  async list(): Promise<ApiKey[]> {
    return [...this.#byHash.values()].map(({ key }) => ({ ...key }))
  }

  async revoke(id: string): Promise<boolean> {
    const found = [...this.#byHash].find(([, { key }]) => key.id === id)
    if (!found) return false
    await this.#parts.store.remove(id)
    const [hash, { key }] = found
    this.#unwritten.delete(key)
    this.#byHash.delete(hash)
    for (const listener of this.#onRevoke) listener(id)
    return true
  }

  onRevoke(listener: (id: string) => void): () => void {
    this.#onRevoke.add(listener)
    return () => this.#onRevoke.delete(listener)
  }

  check(key: string): ApiKey | undefined {
    if (key.length !== keyLength || !keyPattern.test(key)) return undefined
    const hash = hashOf(key)
    const known = this.#byHash.get(hash)
    if (!known || !timingSafeEqual(known.digest, Buffer.from(hash, 'hex'))) return undefined
    this.#noteUse(known.key)
    return known.key
  }

  /** Writes what is not written yet; nothing may be called afterwards. */
  async close(): Promise<void> {
    this.#writing.cancel()
    await this.#writeUses()
  }

  #remember({ hash, ...key }: StoredKey): ApiKey {
    this.#byHash.set(hash, { key, digest: Buffer.from(hash, 'hex') })
    return key
  }

  #noteUse(key: ApiKey): void {
    const minute = Math.floor(this.#parts.clock.wallMs() / minuteMs) * minuteMs
    if (key.lastUsedAtMs === minute) return
    key.lastUsedAtMs = minute
    this.#unwritten.add(key)
  }

  async #writeUses(): Promise<void> {
    const used = [...this.#unwritten].map(({ id, lastUsedAtMs = 0 }) => ({ id, lastUsedAtMs }))
    this.#unwritten.clear()
    if (used.length > 0) await this.#parts.store.used(used).catch(this.#parts.onBug)
  }
}

const hashOf = (key: string) => hash('sha256', key, 'hex')

/** In the order in which they are told, each once. */
function checkedScopes(scopes: readonly KeyScope[]): KeyScope[] {
  const wanted = keyScopes.filter((scope) => scopes.includes(scope))
  if (wanted.length === 0)
    throw refused('A key without a scope could do nothing.', `Give it one of ${keyScopes.join(', ')}.`)
  return wanted
}

function checkedLabel(label: string): string {
  const text = label.trim()
  if (text.length > maxKeyLabelLength)
    throw refused(`The label has ${text.length} characters.`, `Use at most ${maxKeyLabelLength}.`)
  return text
}

function refused(message: string, hint: string): MicrotomeError {
  const error: JobError = { code: 'bad-key', class: 'input', message, hint }
  return new MicrotomeError(error)
}
