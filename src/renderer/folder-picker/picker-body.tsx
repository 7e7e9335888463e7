import { Button, Group, Loader, Text, TextInput } from '@mantine/core'
import { IconFilter } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { ProblemNote } from '../problem/index.ts'
import { type Entry, visibleEntries } from './entries.ts'
import { EntryList } from './entry-list.tsx'
import classes from './folder-picker.module.css'
import { NewFolder } from './new-folder.tsx'
import { PathBar } from './path-bar.tsx'
import type { FolderPickerProps } from './picker-props.ts'
import { Places } from './places.tsx'
import { selectionSummary } from './selection-summary.ts'
import type { useFolder } from './use-folder.ts'

type BodyProps = Omit<FolderPickerProps, 'opened'> & { place: ReturnType<typeof useFolder> }

const noEntries: Entry[] = []

/** Places on the left, the open folder on the right, what was chosen below. */
export function PickerBody({ mode, place, onClose, onPick }: BodyProps) {
  const { folder, problem, open } = place
  const [filter, setFilter] = useState('')
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const entries = folder?.entries ?? noEntries
  const shown = useMemo(() => visibleEntries(entries, filter, mode === 'folder'), [entries, filter, mode])
  const go = (path: string) => {
    setFilter('')
    setSelected(new Set())
    open(path)
  }
  const chosen = mode === 'folder' && selected.size === 0 && folder ? [folder.path] : [...selected]
  return (
    <div className={classes.body}>
      <Places places={folder?.places ?? []} current={folder?.path} onOpen={go} />
      <div className={classes.main}>
        <PathBar path={folder?.path ?? ''} onOpen={go} />
        <Group gap="xs" wrap="nowrap">
          <TextInput
            className={classes.filter}
            aria-label="Filter this folder"
            placeholder="Filter this folder"
            leftSection={<IconFilter size={15} aria-hidden />}
            value={filter}
            onChange={(event) => setFilter(event.currentTarget.value)}
          />
          {mode === 'folder' && folder && <NewFolder within={folder.path} onMade={go} />}
        </Group>
        {problem !== undefined && <ProblemNote problem={problem} />}
        {folder === undefined ? (
          <div className={classes.waiting}>
            {problem === undefined && <Loader role="status" aria-label="Reading the folder" />}
          </div>
        ) : (
          <EntryList
            key={folder.path}
            entries={shown}
            multiple={mode === 'sources'}
            selected={selected}
            onSelect={setSelected}
            onOpen={go}
            onUp={() => folder.parent !== undefined && go(folder.parent)}
            onAccept={(path) => onPick([path])}
            empty={filter === '' ? emptySentence(mode) : `Nothing here is named like "${filter}".`}
          />
        )}
      </div>
      <Group className={classes.foot} justify="space-between" wrap="nowrap">
        <Text size="sm" c="dimmed" truncate>
          {mode === 'folder' ? (chosen[0] ?? '') : selectionSummary(selected, entries)}
        </Text>
        <Group gap="xs" wrap="nowrap">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button disabled={chosen.length === 0} onClick={() => onPick(chosen)}>
            {mode === 'folder' ? 'Choose this folder' : 'Add'}
          </Button>
        </Group>
      </Group>
    </div>
  )
}

function emptySentence(mode: FolderPickerProps['mode']): string {
  return mode === 'folder' ? 'There is no folder in here.' : 'This folder is empty.'
}
