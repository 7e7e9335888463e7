import { Button, Group, Skeleton, Text } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import { useState } from 'react'
import type { ApiKey } from '../../../shared/domain/keys.ts'
import { api } from '../../api/client.ts'
import { ProblemNote } from '../../problem/index.ts'
import { CreateKey } from './create-key.tsx'
import { KeyTable } from './key-table.tsx'
import { RevokeKey } from './revoke-key.tsx'
import classes from './services.module.css'
import { useAsked } from './use-asked.ts'

const everyMs = 5000
const askKeys = () => api.keys.list()

/** The keys that other programs show, and the ways to make and to revoke one. */
export function KeysPart() {
  const { value: keys, problem, askNow } = useAsked(askKeys, everyMs)
  const [creating, setCreating] = useState(false)
  const [revoking, setRevoking] = useState<ApiKey>()
  return (
    <div className={classes.part}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div>
          <h3 className={classes.heading}>Keys for other programs</h3>
          <Text size="sm" c="dimmed">
            A program shows its key with every request. Give each program its own, so that it can be revoked alone.
          </Text>
        </div>
        <Button
          variant="default"
          flex="none"
          leftSection={<IconKey size={16} aria-hidden />}
          onClick={() => setCreating(true)}
        >
          Create a key
        </Button>
      </Group>
      {problem !== undefined && <ProblemNote problem={problem} />}
      {keys === undefined && problem === undefined && <Skeleton height={40} aria-label="Reading the keys" />}
      {keys?.length === 0 && <Text size="sm">No key yet, so no program gets in where a key is asked for.</Text>}
      {keys !== undefined && keys.length > 0 && <KeyTable keys={keys} onRevoke={setRevoking} />}
      <CreateKey opened={creating} onClose={() => setCreating(false)} onCreated={askNow} />
      <RevokeKey apiKey={revoking} onClose={() => setRevoking(undefined)} onRevoked={askNow} />
    </div>
  )
}
