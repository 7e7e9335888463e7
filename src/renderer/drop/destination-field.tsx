import { ActionIcon, Group, TextInput, Tooltip } from '@mantine/core'
import { IconFolder } from '@tabler/icons-react'
import { useState } from 'react'
import { bridge } from '../api/bridge.ts'
import { FolderPicker } from '../folder-picker/index.ts'
import { notifyProblem } from '../problem/index.ts'
import { useSheet } from './sheet-store.ts'

/** The folder for the results of this drop. */
export function DestinationField() {
  const destination = useSheet((sheet) => sheet.destination)
  const [picking, setPicking] = useState(false)
  const choose = (path: string | undefined) => {
    setPicking(false)
    if (path !== undefined) useSheet.setState({ destination: path })
  }
  const browse = async () => {
    if (!bridge) return setPicking(true)
    choose(await bridge.chooseFolder({ title: 'Folder for the results', defaultPath: destination }))
  }
  return (
    <>
      <Group align="flex-end" gap={8} wrap="nowrap">
        <TextInput
          flex={1}
          label="Destination"
          spellCheck={false}
          title={destination}
          value={destination}
          error={destination.trim() === '' ? 'Choose a folder for the results.' : undefined}
          onChange={(event) => useSheet.setState({ destination: event.currentTarget.value })}
        />
        <Tooltip label="Choose a folder">
          <ActionIcon
            variant="default"
            size={36}
            aria-label="Choose the destination"
            onClick={() => void browse().catch(notifyProblem)}
          >
            <IconFolder size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Group>
      <FolderPicker
        mode="folder"
        opened={picking}
        onClose={() => setPicking(false)}
        onPick={([path]) => choose(path)}
      />
    </>
  )
}
