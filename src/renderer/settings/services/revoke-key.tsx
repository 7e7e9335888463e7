import { Text } from '@mantine/core'
import type { ApiKey } from '../../../shared/domain/keys.ts'
import { api } from '../../api/client.ts'
import { Question } from '../../question/index.ts'
import { keyName, mayDo } from './key-words.ts'

interface RevokeKeyProps {
  /** Open while one is given. */
  apiKey: ApiKey | undefined
  onClose: () => void
  onRevoked: () => Promise<void>
}

/** Asks before a key is revoked, and says what that means for the programs that use it. */
export function RevokeKey({ apiKey, onClose, onRevoked }: RevokeKeyProps) {
  return (
    <Question
      title="Revoke this key"
      about={apiKey && keyName(apiKey)}
      verb="Revoke"
      onConfirm={async () => {
        if (apiKey) await api.keys.revoke({ id: apiKey.id })
        await onRevoked()
      }}
      onClose={onClose}
    >
      <Text>
        It may: {apiKey && mayDo(apiKey)}. Programs that use it are turned away from their next request on. A revoked
        key can’t be brought back. Jobs that were handed in with it stay.
      </Text>
    </Question>
  )
}
