import { z } from 'zod'
import type { Database } from './database.ts'

/** Small durable things that are neither jobs nor leases, such as measured rates: JSON by name. */
export interface Documents {
  /** Undefined where there is none or `schema` refuses it: what is kept here can be done without. */
  get<T>(name: string, schema: z.ZodType<T>): Promise<T | undefined>
  put(name: string, value: unknown): Promise<void>
}

const documentRow = z.object({ json: z.string() })

export function sqliteDocuments(database: Database): Documents {
  return {
    get: async (name, schema) => {
      const row = database.get('SELECT json FROM documents WHERE name = ?', name)
      return row ? schema.safeParse(JSON.parse(documentRow.parse(row).json)).data : undefined
    },
    put: async (name, value) => {
      database.run(
        'INSERT INTO documents (name, json) VALUES (?, ?) ON CONFLICT DO UPDATE SET json = excluded.json',
        ...[name, JSON.stringify(value)]
      )
    }
  }
}
