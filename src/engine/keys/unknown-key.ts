import { MicrotomeError } from '../../shared/errors.ts'

/** There is no key of that id: never was, or it was revoked already. */
export function unknownKey(id: string): MicrotomeError {
  return new MicrotomeError({
    code: 'unknown-key',
    class: 'input',
    message: `There is no key "${id}".`,
    hint: 'Look at the list of keys: "microtome keys list", or Settings, Services.'
  })
}
