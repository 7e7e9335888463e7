import fastify, { type FastifyInstance } from 'fastify'
import type { ServiceApi } from '../../../engine/service-api.ts'
import { keyScopes } from '../../../shared/domain/keys.ts'
import { MicrotomeError } from '../../../shared/errors.ts'
import { addApiKeyAuth } from '../auth/index.ts'
import { conventions } from '../config/conventions.ts'
import type { ServerConfig } from '../config/schema.ts'
import { routingOf } from '../listen/routing-info.ts'
import type { ServiceContext, ServiceHandle, ServiceLog, SetupFunction } from '../service.ts'
import { asService } from './at-work.ts'
import { acceptMissingBodies, limitSlowBodies } from './body-rules.ts'
import { addFeatures } from './features.ts'
import { importSetup } from './import-setup.ts'
import { moduleOf, pageOf } from './locate.ts'
import { answerBadAddress, answerErrors } from './ordinary-answers.ts'
import { addPageFiles, answerTheRest } from './pages.ts'
import { RunningService, type RunWork } from './running-service.ts'
import { withinMs } from './within.ts'

/** What a service is loaded with. */
export interface LoadParts {
  api: ServiceApi
  log: ServiceLog
  onBug: (thrown: unknown) => void
  /** Of the configuration. */
  dir: string
  outDir: string
  trustProxy: boolean | string[]
  /** Of a service that the product brings along already set up. */
  provided?: SetupFunction | undefined
  patience: { setupMs: number; bodyMs: number }
}

/**
 * Imports a service and sets it up. `server` has its secrets resolved. Throws what the module throws, and a MicrotomeError where it is
 * missing or takes longer than `setupMs`; nothing of it is left then.
 */
export async function loadService(server: ServerConfig, parts: LoadParts): Promise<RunningService> {
  const ending = new AbortController()
  const app = fastify({
    logger: false,
    // The limit here is one for the whole of it, below.
    pluginTimeout: 0,
    trustProxy: parts.trustProxy,
    routerOptions: { maxParamLength: 500 },
    frameworkErrors: answerBadAddress,
    ...(server.server.bodyLimitBytes !== undefined && { bodyLimit: server.server.bodyLimitBytes })
  })
  try {
    const run = runnerOf(server, parts)
    const settingUp = Promise.withResolvers<ServiceHandle>()
    run(() => void setUp(app, server, parts, ending.signal).then(settingUp.resolve, settingUp.reject))
    const handle = await withinMs(settingUp.promise, parts.patience.setupMs).catch(inWords(server, parts))
    return new RunningService({ app, handle, ending, onBug: parts.onBug, run })
  } catch (thrown) {
    ending.abort()
    void app.close().catch(parts.onBug)
    throw thrown
  }
}

/** What others wrote is marked as theirs, for what it throws when nobody listens; the product's own is the node's. */
function runnerOf(server: ServerConfig, { provided }: LoadParts): RunWork {
  const isOwn = provided !== undefined || conventions(server).builtin !== undefined
  return isOwn ? (work) => work() : (work) => asService(server.name, work)
}

async function setUp(
  app: FastifyInstance,
  server: ServerConfig,
  parts: LoadParts,
  signal: AbortSignal
): Promise<ServiceHandle> {
  const setup = parts.provided ?? (await importSetup(moduleOf(server, parts.dir), conventions(server).setupFunction))
  const page = parts.provided ? undefined : pageOf(server, parts.dir, parts.outDir)
  answerErrors(app, parts.onBug)
  acceptMissingBodies(app)
  limitSlowBodies(app, parts.patience.bodyMs)
  tellTarget(app, server)
  if (!parts.provided) await addFeatures(app, server.server.features, page !== undefined)
  if (page) await addPageFiles(app, page, conventions(server).public)
  let handle: ServiceHandle | undefined
  await app.register(async (scope) => {
    if (!parts.provided) await guard(scope, server, parts)
    handle = await setup(scope, contextOf(server, parts, signal))
  })
  restUnlessOwn(app, () => answerTheRest(app, page, server.server))
  await app.ready()
  return handle ?? {}
}

/** For services that know nothing of keys; those of the product guard themselves. The page stays open. */
async function guard(scope: FastifyInstance, { server }: ServerConfig, { api }: LoadParts): Promise<void> {
  const { authentication } = server.features
  if (!authentication) return
  await addApiKeyAuth(scope, { keys: api.keys, scopes: authentication === true ? keyScopes : [authentication.scope] })
}

function contextOf(server: ServerConfig, { api, log }: LoadParts, signal: AbortSignal): ServiceContext {
  return {
    serverConfig: server,
    serverId: String(server.id),
    serverName: server.name,
    api,
    shouldStart: false,
    log,
    signal
  }
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Name of the service that answers. */
    targetModule: string
    /** How the host came to choose it. */
    routingInfo: RoutingInfo | undefined
  }
}
type RoutingInfo = import('../listen/routing-info.ts').RoutingInfo

function tellTarget(app: FastifyInstance, { name }: ServerConfig): void {
  app.decorateRequest('targetModule', name)
  app.decorateRequest('routingInfo', {
    getter() {
      return routingOf(this.raw)
    }
  })
}

/** Fastify takes one handler for what is not found: the service's, if it has set one. */
function restUnlessOwn(_app: FastifyInstance, setOrdinary: () => void): void {
  try {
    setOrdinary()
  } catch (thrown) {
    if (!(thrown instanceof Error) || !thrown.message.includes('Not found handler already set')) throw thrown
  }
}

/** A service that hangs is told apart from one that throws. */
const inWords =
  ({ name }: ServerConfig, { patience }: LoadParts) =>
  (thrown: unknown): never => {
    if (!(thrown instanceof Error) || !thrown.message.startsWith('Nothing came within')) throw thrown
    throw new MicrotomeError({
      code: 'service-hangs',
      class: 'input',
      message: `The service ${name} was not ready within ${patience.setupMs / 1000} s.`,
      hint: 'Its setup function has to return: leave what takes longer to a later moment.'
    })
  }
