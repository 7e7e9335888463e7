import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { errorAnswers, storagePoolAnswer, storagePoolListAnswer } from './answer-schemas.ts'
import { type StoragePoolBody, storagePoolBody } from './bodies.ts'
import { type Face, sendJson } from './face.ts'
import { Problem } from './problems.ts'

const mostPools = 1000
const tags = ['engines']

/**
 * `/storage_pools/`: deployed servers note down pools until they end, and neither they nor their engines do anything with them. The same
 * here, and the log says so: whoever asks for them at its start finds what it knows.
 */
export function addStoragePoolRoutes(app: FastifyInstance, { answers, log }: Face): void {
  const pools: Record<string, unknown>[] = []
  app.post<{ Body: StoragePoolBody }>(
    '/storage_pools/',
    {
      config: { scopes: ['admin'] },
      schema: {
        summary: 'Note down a storage pool; nothing is stored in it',
        tags,
        body: storagePoolBody,
        response: { 201: storagePoolAnswer, ...errorAnswers }
      }
    },
    (request, reply) => {
      if (pools.length >= mostPools) throw new Problem(503, `There are ${mostPools} storage pools already`)
      const { name, capacity_gb, used_gb = 0, path = '' } = request.body
      const pool = { id: randomUUID(), name, capacity_gb, used_gb, path, created_at: answers.time(Date.now()) }
      if (pools.length === 0) log.info('A storage pool was noted down until this node ends: nothing is stored in it')
      pools.push(pool)
      return sendJson(reply.code(201), JSON.stringify(pool))
    }
  )
  app.get(
    '/storage_pools/',
    {
      config: { scopes: ['read', 'work'] },
      schema: { summary: 'List the storage pools', tags, response: { 200: storagePoolListAnswer, ...errorAnswers } }
    },
    (_request, reply) => sendJson(reply, JSON.stringify(pools))
  )
}
