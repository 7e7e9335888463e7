import { TextInput, UnstyledButton } from '@mantine/core'
import { IconCursorText } from '@tabler/icons-react'
import { useState } from 'react'
import type { Recognised } from '../../shared/contract/local.ts'
import { namePatternFault, plainNamePattern } from '../../shared/domain/name-pattern.ts'
import { firstName } from './first-name.ts'
import classes from './sheet.module.css'
import { useSheet } from './sheet-store.ts'

/** What the results are called; folded away for as long as they are called as their sources. */
export function NameField({ items }: { items: readonly Recognised[] }) {
  const pattern = useSheet((sheet) => sheet.namePattern)
  const profiles = useSheet((sheet) => sheet.profiles)
  const [open, setOpen] = useState(false)
  const renamed = pattern.trim() !== plainNamePattern
  const [first] = items
  const fault = nameFault(pattern)
  return (
    <div>
      {(open || renamed) && (
        <TextInput
          mt="sm"
          label="Names of the results"
          description="{name} is the source’s name, {index} counts, {hash} comes from the content. Without {name}, a case number in a file name stays here."
          spellCheck={false}
          value={pattern}
          error={fault}
          onChange={(event) => useSheet.setState({ namePattern: event.currentTarget.value })}
        />
      )}
      {(open || renamed) && fault === undefined && first !== undefined && (
        <div className={classes.preview}>
          The first: <b>{firstName(pattern.trim(), first, items.length, profiles[first.kind])}</b>
        </div>
      )}
      {!renamed && (
        <UnstyledButton className={classes.disclosure} aria-expanded={open} onClick={() => setOpen(!open)}>
          <IconCursorText size={15} aria-hidden />
          {open ? 'Call results as their sources' : 'Other names for the results'}
        </UnstyledButton>
      )}
    </div>
  )
}

/** Why the results can't be called so, as a sentence. */
export function nameFault(pattern: string): string | undefined {
  if (pattern.trim() === '') return 'A name needs something to be made of, such as {name}.'
  const fault = namePatternFault(pattern.trim())
  return fault === undefined ? undefined : `The pattern ${fault}.`
}
