import { Button } from '@mantine/core'
import { IconFolder } from '@tabler/icons-react'
import { useState } from 'react'
import { bridge } from '../api/bridge.ts'
import { FolderPicker } from '../folder-picker/index.ts'
import { TextField } from './fields.tsx'
import { useSetting } from './use-setting.ts'

/** The folder for results; chosen in the system's dialog on the desktop, in the page's own picker in a browser. */
export function DestinationField() {
  const { value, save } = useSetting('destination')
  const [picking, setPicking] = useState(false)
  const browse = async () => {
    if (!bridge) return setPicking(true)
    const chosen = await bridge.chooseFolder({ title: 'Folder for results', defaultPath: value })
    if (chosen !== undefined) void save(chosen)
  }
  return (
    <>
      <TextField
        settingKey="destination"
        label="Folder for results"
        description="On this computer or a share that it reaches. A drop may name another."
        beside={(disabled) => (
          <Button
            variant="default"
            disabled={disabled}
            leftSection={<IconFolder size={16} aria-hidden />}
            onClick={() => void browse()}
          >
            Browse
          </Button>
        )}
      />
      <FolderPicker
        mode="folder"
        opened={picking}
        onClose={() => setPicking(false)}
        onPick={([path]) => {
          setPicking(false)
          if (path !== undefined) void save(path)
        }}
      />
    </>
  )
}
