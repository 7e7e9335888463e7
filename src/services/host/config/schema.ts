import { z } from 'zod'
import { secretsIn } from './secret-names.ts'

/** The text says what is allowed; a wrong value is answered with it. */
const allowed = (text: string) => ({ error: text })

const flag = z.boolean(allowed('true or false'))
const port = (least: number) => {
  const words = allowed(`a whole number from ${least} to 65535`)
  return z.int(words).min(least, words).max(65535, words)
}
const wholeNumber = (least: number, most: number) => {
  const words = allowed(`a whole number from ${least} to ${most}`)
  return z.int(words).min(least, words).max(most, words)
}
const text = z.string(allowed('text')).min(1, allowed('text that is not empty'))
const nameWords = allowed('1 to 40 letters, digits and dashes, beginning with a letter')
const name = z.string(nameWords).regex(/^[A-Za-z][A-Za-z0-9-]{0,39}$/, nameWords)
const idWords = allowed('a whole number from 0 on, or letters, digits and dashes')
const id = z.union([z.int().min(0), z.string().regex(/^[A-Za-z0-9-]{1,40}$/)], idWords)
const hostWords = allowed('a host name or an address without port, such as devel.run')
const hostName = z.string(hostWords).regex(/^(\[?[0-9A-Fa-f:]+\]?|[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251})\.?)$/, hostWords)
const routeWords = allowed('a path that begins with /')
const route = z.string(routeWords).regex(/^\/\S*$/, routeWords)
const routes = z.array(route, allowed('a list of paths, such as ["/status"]'))
const names = z.array(text, allowed('a list of names'))
const referenceWords = allowed('env:NAME or file:PATH, never the secret itself')
const reference = z.string(referenceWords).regex(/^(env:[A-Za-z_]\w*|file:.+)$/, referenceWords)
const moduleWords = allowed('a file name, or builtin:NAME for a service of the product')
const moduleFile = z.string(moduleWords).regex(/^(builtin:[a-z][a-z0-9-]*|(?!builtin:).+)$/, moduleWords)
const setupWords = allowed("the name of one of the module's exports")
const setupFunction = z.string(setupWords).regex(/^[A-Za-z_$][\w$]*$/, setupWords)

const cors = z.strictObject({
  origin: z.union([text, z.array(text)], allowed('an origin, "*" or a list of origins')).default('*'),
  credentials: flag.default(false)
})
const rateLimit = z.strictObject({
  max: wholeNumber(1, 10_000_000).default(1000),
  windowMs: wholeNumber(100, 86_400_000).default(60_000)
})
const authentication = z.strictObject({
  scope: z.enum(['submit', 'work', 'read', 'admin'], allowed('one of submit, work, read, admin'))
})
const multipart = z.strictObject({
  maxFileBytes: wholeNumber(1, Number.MAX_SAFE_INTEGER).default(50 * 2 ** 20),
  maxFiles: wholeNumber(1, 1000).default(10)
})
const flagOr = <T extends z.ZodType>(schema: T, keys: string) =>
  z.union([z.boolean(), schema], allowed(`true, false or an object with ${keys}`))

/** What the host puts around a service. `mongodb`, `redis` and `ssl` are accepted as deployed files have them and do nothing. */
const features = z.strictObject({
  socketio: flag.optional(),
  websocket: flag.optional(),
  cors: flagOr(cors, 'origin, credentials').optional(),
  rateLimit: flagOr(rateLimit, 'max, windowMs').optional(),
  authentication: flagOr(authentication, 'scope').optional(),
  helmet: flag.optional(),
  multipart: flagOr(multipart, 'maxFileBytes, maxFiles').optional(),
  mongodb: flag.optional(),
  redis: flag.optional(),
  ssl: flag.optional()
})

/** Folders and files of a service, relative to the configuration's; what is left out follows the names of {@link conventions}. */
const paths = z.strictObject({
  src: text.optional(),
  public: text.optional(),
  html: text.optional(),
  server: text.optional(),
  app: text.optional(),
  main: text.optional()
})

const server = z.strictObject({
  setupFunction: setupFunction.optional(),
  file: moduleFile.optional(),
  routes: routes.default([]),
  skipSPA: routes.default([]),
  features: features.default({}),
  bodyLimitBytes: wholeNumber(1, Number.MAX_SAFE_INTEGER).optional()
})

const database = z.strictObject({
  type: text.nullish(),
  connection: reference.nullish(),
  models: z.union([text, names], allowed('a name or a list of names')).nullish()
})

/** A service's own keys: the service checks them. Texts that begin with `env:` or `file:` are references. */
const settings = z.record(z.string(), z.unknown(), allowed('an object')).superRefine((value, context) => {
  for (const path of secretsIn(value)) context.addIssue({ code: 'custom', path, message: referenceWords.error })
})

/** One entry of `servers`. */
export const serverSchema = z.strictObject({
  id,
  name,
  description: text.optional(),
  domains: z.array(hostName, allowed('a list of host names')).default([]),
  paths: paths.default({}),
  server: server.prefault({}),
  database: database.nullish(),
  settings: settings.default({})
})

const tls = z.strictObject({ certificate: reference, key: reference })

/** A door. Without `servers` it leads to all of them, by the name in `Host`. */
export const listenerSchema = z.strictObject({
  name,
  host: hostName.default('127.0.0.1'),
  port: port(0),
  servers: z.array(name, allowed('a list of names of servers')).optional(),
  tls: tls.optional()
})

const proxy = z.strictObject({ path: route, target: z.url(allowed('a URL such as http://127.0.0.1:3001')) })

const dev = z.strictObject({
  port: port(1).default(7777),
  host: hostName.default('127.0.0.1'),
  proxies: z.array(proxy, allowed('a list of {path, target}')).default([])
})

const build = z.strictObject({
  outDir: text.default('dist'),
  sourcemap: flag.default(false),
  chunkSizeWarningLimit: wholeNumber(1, 1_000_000).optional(),
  assetFileNames: z
    .strictObject({ images: text.optional(), css: text.optional(), default: text.optional() })
    .optional(),
  chunkFileNames: text.optional()
})

const chunks = z.strictObject({ vendor: names.optional(), socket: names.optional(), database: names.optional() })

const webWords = allowed('a URL such as https://faces.example.org/api/health')
const keepAlive = z.strictObject({
  url: z.url({ protocol: /^https?$/, ...webWords }),
  everyS: wholeNumber(30, 86_400).default(240)
})

const global = z.strictObject({
  dev: dev.prefault({}),
  build: build.prefault({}),
  chunks: chunks.default({}),
  aliases: z.record(z.string(), text, allowed('an object of aliases and folders')).default({}),
  listeners: z.array(listenerSchema, allowed('a list of listeners')).default([]),
  trustProxy: z
    .union([z.boolean(), z.array(text)], allowed('true, false or a list of addresses of proxies'))
    .default(false),
  debugToken: reference.optional(),
  keepAlive: keepAlive.optional()
})

const fallback = z.strictObject({ serverId: id.optional(), serverName: name.optional() })

/** `servers.config.json`: see docs/servers-config.md. */
export const serversConfigSchema = z.strictObject({
  $schema: z.string().optional(),
  version: z.literal(1, allowed('1, the only version there is')).default(1),
  global: global.prefault({}),
  servers: z.array(serverSchema, allowed('a list of servers')),
  default: fallback.optional()
})

export type ServerConfig = z.output<typeof serverSchema>
export type ListenerConfig = z.output<typeof listenerSchema>
export type ServersConfig = z.output<typeof serversConfigSchema>
/** As people write it: what has a default may be left out. */
export type ServersConfigInput = z.input<typeof serversConfigSchema>
