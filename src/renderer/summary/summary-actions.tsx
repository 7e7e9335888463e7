import { Button } from '@mantine/core'
import { IconDownload, IconRefresh } from '@tabler/icons-react'
import type { Submission } from '../../shared/domain/jobs.ts'
import { retryFailed } from '../jobs/index.ts'

/** Queues only what failed once more; there while something has. */
export function RetryFailed({ submission }: { submission: Submission }) {
  if (submission.failed === 0) return null
  return (
    <Button
      size="compact-sm"
      leftSection={<IconRefresh size={15} aria-hidden />}
      onClick={() => void retryFailed(submission.id)}
    >
      Retry failed only
    </Button>
  )
}

/** Downloads one line per file. */
export function CsvLink({ submission }: { submission: Submission }) {
  return (
    <Button
      component="a"
      href={`/submissions/${encodeURIComponent(submission.id)}.csv`}
      download={`microtome-${submission.id}.csv`}
      variant="subtle"
      size="compact-sm"
      leftSection={<IconDownload size={15} aria-hidden />}
    >
      CSV
    </Button>
  )
}
