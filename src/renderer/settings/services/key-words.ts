import { type ApiKey, type KeyScope, keyScopes } from '../../../shared/domain/keys.ts'

/** What a scope lets a program do, in words for people. */
export const scopeWords: Record<KeyScope, { word: string; description: string }> = {
  submit: { word: 'Submit jobs', description: 'Hand in jobs, follow and cancel them, and fetch their results.' },
  work: { word: 'Work as an engine', description: 'Take jobs that wait, report on them and hand results back.' },
  read: { word: 'Read', description: 'See jobs, engines, statistics and metrics.' },
  admin: { word: 'Everything', description: 'All of this, and to change and remove jobs and engines of others.' }
}

/** What a key may do, in one line. */
export function mayDo({ scopes }: Pick<ApiKey, 'scopes'>): string {
  if (scopes.includes('admin')) return scopeWords.admin.word
  return keyScopes
    .filter((scope) => scopes.includes(scope))
    .map((scope, index) => (index === 0 ? scopeWords[scope].word : scopeWords[scope].word.toLowerCase()))
    .join(', ')
}

/** What a key is called where it is talked about. */
export function keyName({ label, id }: Pick<ApiKey, 'label' | 'id'>): string {
  return label === '' ? `Key ${id}` : label
}
