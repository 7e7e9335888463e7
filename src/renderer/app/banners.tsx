import { Button, Text } from '@mantine/core'
import { IconDatabaseExclamation, IconFileAlert, IconPlugConnectedX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { JobError } from '../../shared/errors.ts'
import { bridge } from '../api/bridge.ts'
import { door } from '../api/client.ts'
import { useLab } from '../state/lab-store.ts'
import classes from './banners.module.css'

/** What concerns the whole window: a lost connection, a configuration that was not accepted, a damaged job storage. */
export function Banners() {
  return (
    <>
      <ConnectionBanner />
      <ConfigurationBanner />
      <StorageBanner />
    </>
  )
}

// A browser can't learn where an engine went that was started again on another port; the desktop is told.
const afterRestart = bridge ? '' : ' If Microtome was started again, open the address that it printed then.'

function ConnectionBanner() {
  const connection = useLab((lab) => lab.connection)
  const refused = useLab((lab) => lab.refused)
  if (connection !== 'lost') return null
  return refused ? (
    <Banner icon={<IconPlugConnectedX size={19} aria-hidden />}>
      <Text size="sm" fw={600}>
        Microtome was restarted and no longer knows this page
      </Text>
      <Text size="sm">
        Open it again with the address that Microtome printed; microtome status shows it. Conversions go on.
      </Text>
    </Banner>
  ) : (
    <Banner
      icon={<IconPlugConnectedX size={19} aria-hidden />}
      action={
        <Button size="compact-sm" variant="default" onClick={() => door.dialNow()}>
          Connect now
        </Button>
      }
    >
      <Text size="sm" fw={600}>
        Connection to Microtome interrupted
      </Text>
      <Text size="sm">{`It is being restored. What you see is the last known state.${afterRestart}`}</Text>
    </Banner>
  )
}

function ConfigurationBanner() {
  const error = useLab((lab) => lab.status?.configError)
  return error ? <ErrorBanner error={error} icon={<IconFileAlert size={19} aria-hidden />} /> : null
}

function StorageBanner() {
  const error = useLab((lab) => lab.status?.storageError)
  return error ? <ErrorBanner error={error} icon={<IconDatabaseExclamation size={19} aria-hidden />} /> : null
}

function ErrorBanner({ error, icon }: { error: JobError; icon: ReactNode }) {
  return (
    <Banner icon={icon}>
      <Text size="sm" fw={600}>
        {error.message}
      </Text>
      {error.hint !== undefined && <Text size="sm">{error.hint}</Text>}
    </Banner>
  )
}

function Banner({ icon, action, children }: { icon: ReactNode; action?: ReactNode; children: ReactNode }) {
  return (
    <div className={classes.banner} role="status">
      {icon}
      <div className={classes.text}>{children}</div>
      {action}
    </div>
  )
}
