import { Button, Popover, Stack, TextInput } from '@mantine/core'
import { IconFolderPlus } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import type { JobError } from '../../shared/errors.ts'
import { api } from '../api/client.ts'
import { toProblem } from '../api/problem.ts'
import { joinPath } from './path-parts.ts'

/** Makes a folder in the open one and tells its path. */
export function NewFolder({ within, onMade }: { within: string; onMade: (path: string) => void }) {
  const [opened, setOpened] = useState(false)
  const [name, setName] = useState('')
  const [problem, setProblem] = useState<JobError>()
  const make = async (event: FormEvent) => {
    event.preventDefault()
    try {
      const { path } = await api.folders.create({ path: joinPath(within, name.trim()) })
      setOpened(false)
      setName('')
      onMade(path)
    } catch (error) {
      setProblem(toProblem(error))
    }
  }
  return (
    <Popover opened={opened} onChange={setOpened} trapFocus position="bottom-end" width={300} shadow="md">
      <Popover.Target>
        <Button
          variant="default"
          flex="none"
          leftSection={<IconFolderPlus size={16} aria-hidden />}
          onClick={() => setOpened((before) => !before)}
        >
          New folder
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form onSubmit={(event) => void make(event)}>
          <Stack gap="sm">
            <TextInput
              label="Name of the new folder"
              value={name}
              data-autofocus
              autoComplete="off"
              error={problem && `${problem.message} ${problem.hint ?? ''}`}
              onChange={(event) => {
                setName(event.currentTarget.value)
                setProblem(undefined)
              }}
            />
            <Button type="submit" disabled={name.trim() === '' || /[/\\]/.test(name)}>
              Make folder
            </Button>
          </Stack>
        </form>
      </Popover.Dropdown>
    </Popover>
  )
}
