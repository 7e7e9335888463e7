import type { z } from 'zod'

/** Text of a program or a file as what `schema` says; undefined where it is not. */
export function parseJson<T>(text: string, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data
  } catch {
    // Not JSON: it says something else than we know.
    return undefined
  }
}
