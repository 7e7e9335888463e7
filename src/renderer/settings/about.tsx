import { ActionIcon, CopyButton, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useLab } from '../state/lab-store.ts'
import { useSettings } from '../state/settings-store.ts'
import classes from './settings.module.css'

/** What support asks for first. */
export function About() {
  const status = useLab((lab) => lab.status)
  const file = useSettings((settings) => settings.file)
  if (status === undefined) return null
  return (
    <dl className={classes.about}>
      <Line label="Version" value={`Microtome ${status.version}`} />
      <Line label="Node" value={status.nodeId} />
      <Line label="Port for other computers" value={String(status.peerPort)} />
      <Line label="Data folder" value={status.dataDir} />
      <Line label="Configuration file" value={file} />
    </dl>
  )
}

function Line({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        <span>{value}</span>
        <CopyButton value={value}>
          {({ copied, copy }) => (
            <Tooltip label={copied ? 'Copied' : 'Copy'}>
              <ActionIcon variant="subtle" color="gray" size="sm" onClick={copy} aria-label={`Copy: ${label}`}>
                {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
              </ActionIcon>
            </Tooltip>
          )}
        </CopyButton>
      </dd>
    </div>
  )
}
