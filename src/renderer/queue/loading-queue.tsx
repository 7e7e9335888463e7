import { Loader } from '@mantine/core'
import { useLab } from '../state/lab-store.ts'
import classes from './queue-screen.module.css'

/** While the list is read for the first time. */
export function LoadingQueue() {
  const connection = useLab((lab) => lab.connection)
  if (connection === 'lost') return null
  return (
    <div className={classes.loading} role="status">
      <Loader size="sm" />
      {connection === 'live' ? 'Reading the queue' : 'Connecting to Microtome'}
    </div>
  )
}
