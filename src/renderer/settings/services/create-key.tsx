import { Button, Checkbox, Group, Modal, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import {
  type ApiKey,
  defaultKeyScopes,
  type KeyScope,
  keyScopes,
  maxKeyLabelLength
} from '../../../shared/domain/keys.ts'
import type { JobError } from '../../../shared/errors.ts'
import { api } from '../../api/client.ts'
import { toProblem } from '../../api/problem.ts'
import { ProblemNote } from '../../problem/index.ts'
import { scopeWords } from './key-words.ts'
import { type MadeKey, NewKey } from './new-key.tsx'

interface CreateKeyProps {
  opened: boolean
  onClose: () => void
  onCreated: () => Promise<void>
}

/** Asks what a key is for and what it may do, makes it, and shows it this once. */
export function CreateKey({ opened, onClose, onCreated }: CreateKeyProps) {
  const [made, setMade] = useState<MadeKey>()
  const close = () => {
    onClose()
    setMade(undefined)
  }
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={made === undefined ? 'Create a key' : 'Copy the key now'}
      centered
      styles={{ title: { fontWeight: 600 } }}
      closeButtonProps={{ 'aria-label': 'Close' }}
      // Shown once: it must not go by a slip of the hand.
      closeOnClickOutside={made === undefined}
      closeOnEscape={made === undefined}
      withCloseButton={made === undefined}
    >
      {made === undefined ? (
        <Form
          onCancel={close}
          onMade={(key) => {
            setMade(key)
            void onCreated()
          }}
        />
      ) : (
        <NewKey made={made} onDone={close} />
      )}
    </Modal>
  )
}

function Form({ onCancel, onMade }: { onCancel: () => void; onMade: (made: ApiKey & { key: string }) => void }) {
  const [label, setLabel] = useState('')
  const [scopes, setScopes] = useState<readonly KeyScope[]>(defaultKeyScopes)
  const [asking, setAsking] = useState(false)
  const [problem, setProblem] = useState<JobError>()
  const create = async () => {
    setAsking(true)
    setProblem(undefined)
    try {
      onMade(await api.keys.create({ label, scopes: [...scopes] }))
    } catch (error) {
      setProblem(toProblem(error))
      setAsking(false)
    }
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void create()
      }}
    >
      <Stack>
        <TextInput
          label="What it is for"
          description="So that you know it again in the list."
          placeholder="Export of the slide scanner"
          value={label}
          maxLength={maxKeyLabelLength}
          autoComplete="off"
          data-autofocus
          onChange={(event) => setLabel(event.currentTarget.value)}
        />
        <ScopeChoice scopes={scopes} onChange={setScopes} />
        {problem !== undefined && <ProblemNote problem={problem} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={asking} disabled={scopes.length === 0}>
            Create key
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

interface ScopeChoiceProps {
  scopes: readonly KeyScope[]
  onChange: (scopes: readonly KeyScope[]) => void
}

function ScopeChoice({ scopes, onChange }: ScopeChoiceProps) {
  const everything = scopes.includes('admin')
  const toggle = (scope: KeyScope) =>
    onChange(scopes.includes(scope) ? scopes.filter((one) => one !== scope) : [...scopes, scope])
  return (
    <Checkbox.Group label="What it may do" value={everything ? [...keyScopes] : [...scopes]}>
      <Stack gap="sm" mt="xs">
        {keyScopes.map((scope) => (
          <Checkbox
            key={scope}
            value={scope}
            label={scopeWords[scope].word}
            description={scopeWords[scope].description}
            disabled={everything && scope !== 'admin'}
            onChange={() => toggle(scope)}
          />
        ))}
      </Stack>
    </Checkbox.Group>
  )
}
