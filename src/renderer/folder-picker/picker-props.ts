export interface FolderPickerProps {
  /** `sources`: any number of files and folders. `folder`: one folder, which may be made here. */
  mode: 'sources' | 'folder'
  opened: boolean
  onClose: () => void
  /** Absolute paths on the node; one at least. */
  onPick: (paths: string[]) => void
}
