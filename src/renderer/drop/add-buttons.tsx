import { Button, Menu } from '@mantine/core'
import { IconChevronDown, IconDeviceDesktop, IconFilePlus, IconFolderPlus, IconUpload } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { bridge } from '../api/bridge.ts'
import { FolderPicker } from '../folder-picker/index.ts'
import { chosenFile } from './dropped-file.ts'
import { takeFiles, takePaths } from './intake.ts'
import { chooseSources } from './sources.ts'

interface AddButtonsProps {
  size: 'sm' | 'md'
}

/** Adds files or a folder: by the system's dialogs on the desktop, else from this browser or the node's own folders. */
export function AddButtons({ size }: AddButtonsProps) {
  return bridge ? <DesktopButtons size={size} /> : <BrowserButtons size={size} />
}

function DesktopButtons({ size }: AddButtonsProps) {
  return (
    <>
      <Button
        size={size}
        leftSection={<IconFilePlus size={18} aria-hidden />}
        onClick={() => void chooseSources({ folders: false })}
      >
        Add files
      </Button>
      <Button
        size={size}
        variant="default"
        leftSection={<IconFolderPlus size={18} aria-hidden />}
        onClick={() => void chooseSources({ folders: true })}
      >
        Add folder
      </Button>
    </>
  )
}

function BrowserButtons({ size }: AddButtonsProps) {
  const [picking, setPicking] = useState(false)
  const files = useRef<HTMLInputElement>(null)
  const folder = useRef<HTMLInputElement>(null)
  const pick = (paths: string[]) => {
    setPicking(false)
    void takePaths(paths)
  }
  return (
    <>
      <AddMenu
        size={size}
        label="Add files"
        icon={<IconFilePlus size={18} aria-hidden />}
        upload={() => files.current?.click()}
        browse={() => setPicking(true)}
      />
      <AddMenu
        size={size}
        label="Add folder"
        quiet
        icon={<IconFolderPlus size={18} aria-hidden />}
        upload={() => folder.current?.click()}
        browse={() => setPicking(true)}
      />
      <HiddenInput ref={files} label="Files to send" folder={false} />
      <HiddenInput ref={folder} label="Folder to send" folder />
      <FolderPicker mode="sources" opened={picking} onClose={() => setPicking(false)} onPick={pick} />
    </>
  )
}

interface AddMenuProps extends AddButtonsProps {
  label: string
  icon: React.ReactNode
  quiet?: boolean
  upload(): void
  browse(): void
}

function AddMenu({ label, icon, size, quiet = false, upload, browse }: AddMenuProps) {
  return (
    <Menu position="bottom-end" width={300} withinPortal={false}>
      <Menu.Target>
        <Button
          size={size}
          variant={quiet ? 'default' : 'filled'}
          leftSection={icon}
          rightSection={<IconChevronDown size={15} aria-hidden />}
        >
          {label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconDeviceDesktop size={17} aria-hidden />} onClick={browse}>
          From the computer Microtome runs on
        </Menu.Item>
        <Menu.Item leftSection={<IconUpload size={17} aria-hidden />} onClick={upload}>
          Send from this browser
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

interface HiddenInputProps {
  ref: React.Ref<HTMLInputElement>
  label: string
  folder: boolean
}

function HiddenInput({ ref, label, folder }: HiddenInputProps) {
  const take = (input: HTMLInputElement) => {
    void takeFiles([...(input.files ?? [])].map(chosenFile))
    // The same choice must count again next time.
    input.value = ''
  }
  return (
    <input
      ref={ref}
      type="file"
      hidden
      multiple
      aria-label={label}
      {...(folder ? { webkitdirectory: '' } : {})}
      onChange={(event) => take(event.currentTarget)}
    />
  )
}
