import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { ApiKey } from '../../../shared/domain/keys.ts'
import type { JobError } from '../../../shared/errors.ts'
import { api } from '../../api/client.ts'
import { toProblem } from '../../api/problem.ts'
import { ProblemNote } from '../../problem/index.ts'
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
    <Modal
      opened={apiKey !== undefined}
      onClose={onClose}
      title="Revoke this key"
      centered
      styles={{ title: { fontWeight: 600 } }}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {apiKey !== undefined && <Question apiKey={apiKey} onClose={onClose} onRevoked={onRevoked} />}
    </Modal>
  )
}

function Question({ apiKey, onClose, onRevoked }: { apiKey: ApiKey } & Omit<RevokeKeyProps, 'apiKey'>) {
  const [asking, setAsking] = useState(false)
  const [problem, setProblem] = useState<JobError>()
  const revoke = async () => {
    setAsking(true)
    try {
      await api.keys.revoke({ id: apiKey.id })
      await onRevoked()
      onClose()
    } catch (error) {
      setProblem(toProblem(error))
      setAsking(false)
    }
  }
  return (
    <Stack>
      <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
        {keyName(apiKey)}
      </Text>
      <Text>
        It may: {mayDo(apiKey)}. Programs that use it are turned away from their next request on. A revoked key can’t be
        brought back. Jobs that were handed in with it stay.
      </Text>
      {problem !== undefined && <ProblemNote problem={problem} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose} data-autofocus>
          Keep it
        </Button>
        <Button color="red" loading={asking} onClick={() => void revoke()}>
          Revoke
        </Button>
      </Group>
    </Stack>
  )
}
