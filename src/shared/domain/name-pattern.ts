import { z } from 'zod'

/** What a pattern for the names of results may hold. */
export const namePlaceholders = ['{name}', '{index}', '{hash}'] as const

/** Results are called as their sources. */
export const plainNamePattern = '{name}'

/** What Windows refuses in a name; other systems copy results on to it. */
const reserved = /[<>:"/\\|?*\p{Cc}]/u
const leastIndexDigits = 3

/**
 * A pattern for the names of results: `{name}` is the source's name without its ending, `{index}` its place in the submission
 * from 001, `{hash}` 12 hex digits that its content gives. Endings (`.dzi`, `_files`) are added by the profile.
 */
export const namePattern = z
  .string()
  .trim()
  .min(1)
  .max(120)
  .superRefine((pattern, issues) => {
    const fault = namePatternFault(pattern)
    if (fault !== undefined) issues.addIssue({ code: 'custom', message: fault })
  })

/** Why results can't be named so, in one clause that says what is allowed; undefined where they can. */
export function namePatternFault(pattern: string): string | undefined {
  const rest = pattern.replaceAll(/\{[^{}]*\}/g, (word) =>
    (namePlaceholders as readonly string[]).includes(word) ? '' : word
  )
  const unknown = /\{[^{}]*\}|[{}]/.exec(rest)?.[0]
  if (unknown !== undefined) return `holds ${unknown}, but only ${namePlaceholders.join(', ')} stand for something`
  const letter = reserved.exec(rest)?.[0]
  return letter === undefined ? undefined : `holds ${JSON.stringify(letter)}, which no name may hold on every system`
}

/** What one source puts in the place of the placeholders. `sourceName` with its ending; `index` from 1 up to `total`. */
export interface NameFacts {
  sourceName: string
  index: number
  total: number
  /** 12 hex digits; asked for only where the pattern holds `{hash}`. */
  hash: string
}

/** The name of a result without its ending, for a pattern that {@link namePattern} accepted. */
export function nameFrom(pattern: string, { sourceName, index, total, hash }: NameFacts): string {
  const digits = Math.max(leastIndexDigits, String(total).length)
  return pattern.replaceAll(/\{(name|index|hash)\}/g, (_word, key: 'name' | 'index' | 'hash') => {
    if (key === 'name') return withoutEnding(sourceName)
    return key === 'index' ? String(index).padStart(digits, '0') : hash
  })
}

/** Letters and digits, one letter at least: "CMU-1.svs" loses it, "Dept. B" and "case 12.5" don't. */
const ending = /\.(?=[a-z0-9]*[a-z])[a-z0-9]{1,8}$/i

/** A file's name without what tells its format. */
export function withoutEnding(name: string): string {
  return name.replace(ending, '')
}
