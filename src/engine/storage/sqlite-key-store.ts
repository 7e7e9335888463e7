import { z } from 'zod'
import { apiKey } from '../../shared/domain/keys.ts'
import type { KeyStore, StoredKey } from '../keys/index.ts'
import { json, optional } from './column-types.ts'
import type { Database } from './database.ts'
import { parser } from './rows.ts'

const toKey = parser<StoredKey>(
  'key',
  apiKey.extend({ hash: z.string().length(64), scopes: json(apiKey.shape.scopes), lastUsedAtMs: optional(z.number()) })
)

export function sqliteKeyStore(database: Database): KeyStore {
  return {
    all: async () =>
      database
        .all('SELECT id, label, scopes, hash, createdAtMs, lastUsedAtMs FROM apiKeys ORDER BY createdAtMs, id')
        .map(toKey),

    add: async ({ id, label, scopes, createdAtMs, hash }) => {
      database.run(
        'INSERT INTO apiKeys (id, label, scopes, createdAtMs, hash) VALUES (?, ?, ?, ?, ?)',
        ...[id, label, JSON.stringify(scopes), createdAtMs, hash]
      )
    },

    remove: async (id) => database.run('DELETE FROM apiKeys WHERE id = ?', id).changes > 0,

    used: async (keys) =>
      database.transaction(() => {
        for (const { id, lastUsedAtMs } of keys)
          database.run('UPDATE apiKeys SET lastUsedAtMs = ? WHERE id = ?', lastUsedAtMs, id)
      })
  }
}
