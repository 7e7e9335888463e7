import { Button, Text } from '@mantine/core'
import classes from './job-table.module.css'
import { useQueue } from './queue-store.ts'

/** Says that the filter leaves nothing, and how to see everything again. */
export function NothingFound() {
  const showSubmission = useQueue((queue) => queue.showSubmission)
  return (
    <div className={classes.nothing}>
      <Text fw={500} c="var(--mantine-color-text)">
        No job fits this filter
      </Text>
      <Button variant="default" size="xs" onClick={() => showSubmission(undefined)}>
        Show all jobs
      </Button>
    </div>
  )
}
