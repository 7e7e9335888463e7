import { Text } from '@mantine/core'
import type { JobDetails } from '../../shared/domain/jobs.ts'
import { CopyLine } from './copy-line.tsx'
import classes from './details.module.css'

/** The same conversion on the command line, for whoever helps. */
export function SupportCommand({ details }: { details: JobDetails }) {
  return (
    <section>
      <h3 className={classes.heading}>For support</h3>
      <Text size="sm" c="dimmed" mb={8}>
        This command does the same again in a terminal. Job {details.id}
      </Text>
      <div className={classes.command}>
        <CopyLine text={details.command} what="command" mono />
      </div>
    </section>
  )
}
