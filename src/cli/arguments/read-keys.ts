import { defaultKeyScopes, type KeyScope, keyScope, keyScopes } from '../../shared/domain/keys.ts'
import type { KeysAction } from './invocation.ts'
import type { Words } from './read-options.ts'

const actions = 'create, list or revoke'

export function readKeys(words: Words): KeysAction {
  const [action, id, more] = words.rest
  switch (action) {
    case 'create':
    case 'list':
      if (id !== undefined) words.refuse(`keys ${action} takes no "${id}".`)
      return action === 'list' ? { action } : { action, scopes: readScopes(words), label: words.text('label') }
    case 'revoke':
      if (id === undefined || more !== undefined) words.refuse('keys revoke takes exactly one ID.')
      return { action, id }
    default:
      return words.refuse(action === undefined ? `keys needs ${actions}.` : `keys takes ${actions}, not "${action}".`)
  }
}

/** `--scope submit --scope read` or `--scope submit,read`. */
function readScopes(words: Words): readonly KeyScope[] {
  const named = words.texts('scope')?.flatMap((text) => text.split(','))
  if (!named) return defaultKeyScopes
  return named.map((text) => {
    const { data } = keyScope.safeParse(text.trim())
    return data ?? words.refuse(`--scope ${text} is none of ${keyScopes.join(', ')}.`)
  })
}
