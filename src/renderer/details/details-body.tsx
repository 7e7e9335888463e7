import { Skeleton, Stack } from '@mantine/core'
import { ProblemNote } from '../problem/index.ts'
import { IdentityWarning, keepsIdentity } from '../profiles/index.ts'
import { Attempts } from './attempts.tsx'
import { DetailsActions } from './details-actions.tsx'
import { DetailsHead } from './details-head.tsx'
import { Facts } from './facts.tsx'
import { LogLines } from './log-lines.tsx'
import { SlideResult } from './slide-result.tsx'
import { SupportCommand } from './support-command.tsx'
import { useDetails } from './use-details.ts'

/** All there is to say about one job, from its state to the command that does it again. */
export function DetailsBody({ jobId }: { jobId: string }) {
  const { job, details, problem } = useDetails(jobId)
  if (!job) return null
  return (
    <Stack gap="xl">
      <DetailsHead job={job} />
      <DetailsActions job={job} />
      {keepsIdentity(job.profile) && job.state !== 'completed' && (
        <IdentityWarning>
          De-identification is off for this slide: its label, its macro image and words that may name a patient go into
          the result.
        </IdentityWarning>
      )}
      {job.error && job.state === 'failed' && <ProblemNote problem={job.error} />}
      {problem && <ProblemNote problem={problem} />}
      {details ? (
        <>
          {details.report !== undefined && <SlideResult report={details.report} />}
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
