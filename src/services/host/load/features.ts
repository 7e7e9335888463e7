import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import multipart from '@fastify/multipart'
import rateLimit from '@fastify/rate-limit'
import websocket from '@fastify/websocket'
import type { FastifyInstance } from 'fastify'
import type { ServerConfig } from '../config/schema.ts'

type Features = ServerConfig['server']['features']

/** Deployed files name them; nothing here answers to them. */
export const idleFeatures = ['mongodb', 'redis', 'ssl'] as const

/**
 * Puts what an entry asks for around a service. Await it before the service adds its routes. Helmet's headers are for pages; an API
 * has them where it asks for them.
 */
export async function addFeatures(app: FastifyInstance, features: Features, hasPage: boolean): Promise<void> {
  if (features.helmet ?? hasPage) await app.register(helmet, helmetOptions)
  if (features.cors) await app.register(cors, corsOptions(features.cors))
  if (features.rateLimit) await app.register(rateLimit, rateLimitOptions(features.rateLimit))
  if (features.multipart) await app.register(multipart, multipartOptions(features.multipart))
  if (features.socketio || features.websocket) await app.register(websocket)
}

/** A page loads what lies beside it. Not upgraded to HTTPS: a listener without certificate would be left without its files. */
const helmetOptions = {
  contentSecurityPolicy: {
    directives: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:', 'blob:'],
      objectSrc: ["'none'"],
      frameAncestors: ["'none'"],
      upgradeInsecureRequests: null
    }
  },
  strictTransportSecurity: false
}

function corsOptions(wish: Exclude<Features['cors'], undefined>) {
  if (typeof wish === 'boolean') return { origin: '*' }
  return { origin: wish.origin, credentials: wish.credentials }
}

function rateLimitOptions(wish: Exclude<Features['rateLimit'], undefined>) {
  const { max, windowMs } = typeof wish === 'boolean' ? { max: 1000, windowMs: 60_000 } : wish
  return { max, timeWindow: windowMs }
}

function multipartOptions(wish: Exclude<Features['multipart'], undefined>) {
  const { maxFileBytes, maxFiles } = typeof wish === 'boolean' ? { maxFileBytes: 50 * 2 ** 20, maxFiles: 10 } : wish
  return { limits: { fileSize: maxFileBytes, files: maxFiles } }
}
