import { Select, Stack } from '@mantine/core'
import { useMemo } from 'react'
import { type OnExists, onExists, type Priority, priorities, priority } from '../../shared/domain/jobs.ts'
import { kinds } from '../../shared/domain/profiles.ts'
import { priorityWords } from '../jobs/index.ts'
import { DestinationField } from './destination-field.tsx'
import { KindProfile } from './kind-profile.tsx'
import { NameField } from './name-field.tsx'
import classes from './sheet.module.css'
import { countKinds, useSheet } from './sheet-store.ts'
import { VideoOff } from './video-off.tsx'

const existsWords: Record<OnExists, string> = {
  rename: 'Keep both, with a new name',
  skip: 'Skip if it is the same result',
  replace: 'Replace it'
}

/** What is to become of the files: a profile per kind that occurs, where to, how urgent. */
export function SheetOptions() {
  const items = useSheet((sheet) => sheet.items)
  const chosen = useSheet((sheet) => sheet.priority)
  const exists = useSheet((sheet) => sheet.onExists)
  const counts = useMemo(() => countKinds(items), [items])
  const present = kinds.filter((kind) => counts[kind] > 0)
  return (
    <div className={classes.options}>
      <Stack gap="lg">
        {counts.video > 0 && <VideoOff />}
        {present.map((kind) => (
          <KindProfile key={kind} kind={kind} />
        ))}
        <div>
          <DestinationField />
          <NameField items={items} />
        </div>
        <Select
          label="If a result exists there"
          allowDeselect={false}
          value={exists}
          data={onExists.options.map((value) => ({ value, label: existsWords[value] }))}
          onChange={(value) => useSheet.setState({ onExists: onExists.parse(value) })}
        />
        <Select
          label="Priority"
          allowDeselect={false}
          value={chosen}
          data={priorities.map((value: Priority) => ({ value, label: priorityWords[value] }))}
          onChange={(value) => useSheet.setState({ priority: priority.parse(value) })}
        />
      </Stack>
    </div>
  )
}
