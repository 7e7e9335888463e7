/** Keys whose values are secrets: they are named by reference, never written down. `apiKeyFile` names a file and is none. */
const secretName = /(password|passwd|secret|token|api[-_]?key|private[-_]?key|connection[-_]?string)$/i
const referenceStart = /^(env|file):/

export const isSecretName = (key: string): boolean => secretName.test(key)
export const isReference = (value: unknown): value is string => typeof value === 'string' && referenceStart.test(value)

/** Paths of the secrets in `value` that are written out instead of being referred to. */
export function secretsIn(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  return entriesOf(value).flatMap(([key, inner]) => {
    const here = [...path, key]
    if (typeof inner === 'string')
      return typeof key === 'string' && isSecretName(key) && !isReference(inner) ? [here] : []
    return secretsIn(inner, here)
  })
}

function entriesOf(value: unknown): [string | number, unknown][] {
  if (Array.isArray(value)) return value.map((item, index) => [index, item])
  return typeof value === 'object' && value !== null ? Object.entries(value) : []
}
