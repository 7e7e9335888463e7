import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type ApiKey, type KeyScope, mayUse } from '../../../shared/domain/keys.ts'
import { type ChosenKey, chosenKeys } from './chosen-keys.ts'
import { type AuthLimitsWish, type Limit, limitsOf } from './limits.ts'
import { type KeyPlace, type PresentedKey, presentedKey } from './presented-key.ts'
import { ordinaryBody, type Refusal, type RefusalBody } from './refusal.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** One of these lets a key in; `open` needs none. */
    scopes?: readonly KeyScope[] | 'open'
  }
  interface FastifyRequest {
    /** The key that was shown; undefined at open routes. */
    apiKey: ApiKey | undefined
  }
}

export interface AuthOptions {
  /** The node's keys (`context.api.keys`). */
  keys: { check(key: string): ApiKey | undefined }
  /** Keys that people chose and configured. */
  chosen?: readonly ChosenKey[] | undefined
  /** Where this face's callers show their key; `X-API-Key` where absent. */
  places?: readonly KeyPlace[] | undefined
  /** Of routes that say nothing; `admin` where absent. */
  scopes?: readonly KeyScope[] | undefined
  limits?: AuthLimitsWish | undefined
  /** Words a refusal as this face's callers know it; `{"error":{"code","message"}}` where absent. */
  body?: ((refusal: Refusal, request: FastifyRequest) => RefusalBody) | undefined
}

/**
 * Lets only requests with a fitting key into the routes of `app` (and of what is registered in it), before their body is read. Each
 * route says `config: { scopes: ['read'] }` or `{ scopes: 'open' }`. Await it before adding routes. A route that is not there stays a
 * 404 for everybody.
 */
export async function addApiKeyAuth(app: FastifyInstance, options: AuthOptions): Promise<void> {
  await app.register(rateLimit, { global: false })
  if (!app.hasRequestDecorator('apiKey')) app.decorateRequest('apiKey', undefined)
  const gate = new Gate(app, options)
  const { body = ordinaryBody, places = defaultPlaces, scopes: unsaid = strictest } = options
  app.addHook('onRequest', async (request, reply) => {
    if (request.is404) return undefined
    const { scopes = unsaid } = request.routeOptions.config
    const refusal = scopes === 'open' ? await gate.open(request) : await gate.guarded(request, scopes)
    return refusal && refuse(reply, refusal, places, body(refusal, request))
  })
}

const defaultPlaces: readonly KeyPlace[] = ['x-api-key']
const strictest: readonly KeyScope[] = ['admin']

function refuse(reply: FastifyReply, refusal: Refusal, places: readonly KeyPlace[], body: RefusalBody): FastifyReply {
  reply.code(refusal.status)
  if (refusal.status === 429) reply.header('retry-after', refusal.retryAfterS)
  if (refusal.status === 401 && places.includes('bearer')) reply.header('www-authenticate', 'Bearer')
  return reply.send(body)
}

/**
 * Decides on each request. What counts: a request with a key against the key, one without against its address, a wrong key against its
 * address, too. An address with too many wrong keys may not try chosen keys for a while, which could be guessed; the node's own are 256
 * random bits, so whoever has one is let in from there all the same.
 */
class Gate {
  readonly #options: AuthOptions
  readonly #chosen: ((key: string) => ApiKey | undefined) | undefined
  readonly #ofKey: Limiter
  readonly #ofAddress: Limiter
  readonly #wrong: Limiter

  constructor(app: FastifyInstance, options: AuthOptions) {
    const { perKey, perAddress, wrongKeys } = limitsOf(options.limits ?? {})
    this.#options = options
    this.#chosen = options.chosen && options.chosen.length > 0 ? chosenKeys(options.chosen) : undefined
    this.#ofKey = limiter(app, perKey, (request) => request.apiKey?.id ?? '')
    this.#ofAddress = limiter(app, perAddress)
    this.#wrong = limiter(app, wrongKeys)
  }

  async open(request: FastifyRequest): Promise<Refusal | undefined> {
    return tooMany(await this.#ofAddress(request))
  }

  async guarded(request: FastifyRequest, needed: readonly KeyScope[]): Promise<Refusal | undefined> {
    const shown = presentedKey(request.headers, this.#options.places ?? defaultPlaces)
    if (shown.type === 'none') return tooMany(await this.#ofAddress(request)) ?? { status: 401, code: 'missing-key' }
    const key = await this.#known(request, shown)
    if (key === undefined) return tooManyWrong(await this.#wrong(request)) ?? { status: 401, code: 'wrong-key' }
    request.apiKey = key
    const exceeded = tooMany(await this.#ofKey(request))
    if (exceeded) return exceeded
    return mayUse(key.scopes, needed) ? undefined : { status: 403, code: 'wrong-scope', needed }
  }

  async #known(request: FastifyRequest, shown: PresentedKey): Promise<ApiKey | undefined> {
    if (shown.type !== 'key') return undefined
    const own = this.#options.keys.check(shown.key)
    if (own || !this.#chosen) return own
    const barred = exceededS(await this.#wrong(request, { increment: false })) !== undefined
    return barred ? undefined : this.#chosen(shown.key)
  }
}

type Limiter = ReturnType<FastifyInstance['createRateLimit']>
type Count = Awaited<ReturnType<Limiter>>

function limiter(
  app: FastifyInstance,
  { max, windowMs }: Limit,
  keyGenerator?: (request: FastifyRequest) => string
): Limiter {
  return app.createRateLimit({ max, timeWindow: windowMs, ...(keyGenerator && { keyGenerator }) })
}

/** Seconds until it may be tried again; undefined where the limit is kept. */
function exceededS(count: Count): number | undefined {
  return !count.isAllowed && count.isExceeded ? Math.max(1, count.ttlInSeconds) : undefined
}

function tooMany(count: Count): Refusal | undefined {
  const retryAfterS = exceededS(count)
  return retryAfterS === undefined ? undefined : { status: 429, code: 'too-many-requests', retryAfterS }
}

function tooManyWrong(count: Count): Refusal | undefined {
  const retryAfterS = exceededS(count)
  return retryAfterS === undefined ? undefined : { status: 429, code: 'too-many-wrong-keys', retryAfterS }
}
