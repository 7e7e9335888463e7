import { Button, CloseButton, Text } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react'
import type { Submission } from '../../shared/domain/jobs.ts'
import { formatDuration } from '../format/duration.ts'
import { plural } from '../format/quantity.ts'
import { useLab } from '../state/lab-store.ts'
import { putAway, useEnded } from './ended-store.ts'
import classes from './summary.module.css'
import { CsvLink, RetryFailed } from './summary-actions.tsx'
import { summaryOf } from './summary-words.ts'

interface SummaryBannerProps {
  onShow(submissionId: string, failedOnly: boolean): void
}

/** Says quietly that a submission ended, with what can be done about its failures. */
export function SummaryBanner({ onShow }: SummaryBannerProps) {
  const newest = useEnded((ended) => ended.ids.at(-1))
  const submission = useLab((lab) => (newest === undefined ? undefined : lab.submissions.get(newest)))
  if (!submission) return null
  return (
    <section
      className={classes.banner}
      aria-label="Finished submission"
      data-failed={submission.failed > 0 || undefined}
    >
      <Sign submission={submission} />
      <div className={classes.bannerText} role="status">
        <Text fw={600} size="sm">
          {titleOf(submission)}
        </Text>
        <Text size="sm" c="dimmed" className="tabular">
          {summaryOf(submission)}
        </Text>
      </div>
      <RetryFailed submission={submission} />
      <Button variant="subtle" size="compact-sm" onClick={() => onShow(submission.id, submission.failed > 0)}>
        {submission.failed > 0 ? 'Show failed' : 'Show files'}
      </Button>
      <CsvLink submission={submission} />
      <CloseButton aria-label="Put this summary away" onClick={() => putAway(submission.id)} />
    </section>
  )
}

function Sign({ submission }: { submission: Submission }) {
  return submission.failed > 0 ? (
    <IconAlertTriangle size={20} stroke={1.7} aria-hidden />
  ) : (
    <IconCircleCheck size={20} stroke={1.7} aria-hidden />
  )
}

function titleOf({ total, createdAtMs, endedAtMs }: Submission): string {
  const took = endedAtMs === undefined ? '' : ` in ${formatDuration(endedAtMs - createdAtMs)}`
  return `${plural(total, 'file')} finished${took}`
}
