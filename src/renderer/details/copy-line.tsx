import { ActionIcon, CopyButton } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import classes from './details.module.css'

/** A long text in one block with a button that copies it. */
export function CopyLine({ text, what, mono = false }: { text: string; what: string; mono?: boolean }) {
  return (
    <span className={classes.copyLine}>
      <span className={mono ? classes.mono : classes.breaking}>{text}</span>
      <CopyButton value={text} timeout={1500}>
        {({ copied, copy }) => (
          <ActionIcon
            variant="subtle"
            color="gray"
            size={24}
            aria-label={copied ? `Copied the ${what}` : `Copy the ${what}`}
            onClick={copy}
          >
            {copied ? <IconCheck size={15} aria-hidden /> : <IconCopy size={15} aria-hidden />}
          </ActionIcon>
        )}
      </CopyButton>
    </span>
  )
}
