import { z } from 'zod'

/** What a key may do: submit and read its jobs, work as an engine, read everything, or all of it. */
export const keyScopes = ['submit', 'work', 'read', 'admin'] as const
export const keyScope = z.enum(keyScopes)
export type KeyScope = z.infer<typeof keyScope>

/** What a key may do where nobody says otherwise. */
export const defaultKeyScopes: readonly KeyScope[] = ['submit', 'read']

export const maxKeyLabelLength = 80

/** A key as it is kept: never what it says. */
export const apiKey = z.object({
  id: z.string(),
  /** For people: what it is for; may be empty. */
  label: z.string(),
  scopes: z.array(keyScope),
  createdAtMs: z.number(),
  /** To the minute; undefined while nobody used it. */
  lastUsedAtMs: z.number().optional()
})
export type ApiKey = z.infer<typeof apiKey>

/** Whether one of `needed` is among a key's scopes; `admin` stands for all of them. */
export function mayUse(scopes: readonly KeyScope[], needed: readonly KeyScope[]): boolean {
  return scopes.includes('admin') || needed.some((scope) => scopes.includes(scope))
}
