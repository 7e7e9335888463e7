import { Button, CopyButton, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import type { ApiKey } from '../../../shared/domain/keys.ts'
import { mayDo } from './key-words.ts'
import classes from './services.module.css'

/** A key that was just made, with what it says. */
export type MadeKey = ApiKey & { key: string }

/** The only sight of a key: what it says, a button that copies it, and what becomes of it. */
export function NewKey({ made, onDone }: { made: MadeKey; onDone: () => void }) {
  return (
    <Stack>
      <Text>
        This is the only time that the key is shown. Microtome keeps just a fingerprint of it; if you lose it, revoke it
        and create another.
      </Text>
      <TextInput
        label="The new key"
        value={made.key}
        readOnly
        classNames={{ input: classes.newKey ?? '' }}
        onFocus={(event) => event.currentTarget.select()}
      />
      <Text size="sm" c="dimmed">
        It may: {mayDo(made)}. Programs send it in the header X-API-Key.
      </Text>
      <CopyButton value={made.key} timeout={3000}>
        {({ copied, copy }) => (
          <Group justify="flex-end">
            <Text size="sm" c="dimmed" role="status" flex={1}>
              {copied ? 'Copied. Paste it into the settings of the program.' : ''}
            </Text>
            <Button
              leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
              onClick={copy}
              data-autofocus
            >
              Copy the key
            </Button>
            <Button variant="default" onClick={onDone}>
              Done
            </Button>
          </Group>
        )}
      </CopyButton>
    </Stack>
  )
}
