import { z } from 'zod'
import { serversConfigSchema } from './schema.ts'

/** JSON Schema of `servers.config.json`, for editors. */
export function serversJsonSchema() {
  const schema = z.toJSONSchema(serversConfigSchema, { io: 'input' })
  return { ...schema, title: 'Microtome services' }
}
