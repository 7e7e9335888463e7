import { Drawer, Skeleton, Stack, Title } from '@mantine/core'
import { ProblemNote } from '../problem/index.ts'
import { useView } from '../state/view-store.ts'
import { Attempts } from './attempts.tsx'
import { DetailsActions } from './details-actions.tsx'
import { DetailsHead } from './details-head.tsx'
import { Facts } from './facts.tsx'
import { LogLines } from './log-lines.tsx'
import { SupportCommand } from './support-command.tsx'
import { useDetails } from './use-details.ts'

/** Details of the job that the view store names, beside the queue. */
export function JobDetailsDrawer() {
  const jobId = useView((view) => view.openJobId)
  const openJob = useView((view) => view.openJob)
  const { job } = useDetails(jobId)
  return (
    <Drawer
      opened={jobId !== undefined && job !== undefined}
      onClose={() => openJob(undefined)}
      position="right"
      size={560}
      padding="lg"
      title={<Title order={2}>Job details</Title>}
      closeButtonProps={{ 'aria-label': 'Close the details' }}
      overlayProps={{ backgroundOpacity: 0.25 }}
      transitionProps={{ duration: 120 }}
    >
      {jobId !== undefined && <Body jobId={jobId} />}
    </Drawer>
  )
}

function Body({ jobId }: { jobId: string }) {
  const { job, details, problem } = useDetails(jobId)
  if (!job) return null
  return (
    <Stack gap="xl">
      <DetailsHead job={job} />
      <DetailsActions job={job} />
      {job.error && job.state === 'failed' && <ProblemNote problem={job.error} />}
      {problem && <ProblemNote problem={problem} />}
      {details ? (
        <>
          <Facts details={details} />
          <Attempts attempts={details.attemptLog} />
          <LogLines lines={details.logLines} />
          <SupportCommand details={details} />
        </>
      ) : (
        !problem && <Skeleton height={320} aria-label="Reading the details" />
      )}
    </Stack>
  )
}
