import { Modal } from '@mantine/core'
import { latePart } from '../late/index.ts'
import type { FolderPickerProps } from './picker-props.ts'
import { useFolder } from './use-folder.ts'

const PickerBody = latePart(async () => (await import('./picker-body.tsx')).PickerBody)

/** Chooses files and folders of the node, where the page has no native dialog. Opens where it was left. */
export function FolderPicker({ mode, opened, onClose, onPick }: FolderPickerProps) {
  const place = useFolder(opened)
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      size={920}
      centered
      title={mode === 'folder' ? 'Choose a folder' : 'Add files and folders of this computer'}
      styles={{ title: { fontWeight: 600 } }}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <PickerBody mode={mode} place={place} onClose={onClose} onPick={onPick} />
    </Modal>
  )
}
