import { IconEye, IconPlayerPlay, IconRefresh, IconX } from '@tabler/icons-react'
import type { Job } from '../../shared/domain/jobs.ts'
import { useView } from '../state/view-store.ts'
import { runAction } from './job-commands.ts'

interface Primary {
  label: string
  icon: typeof IconX
  run(): void
}

/** The one thing that people most likely want of a job in its state. */
export function primaryOf(job: Job): Primary {
  switch (job.state) {
    case 'completed':
      return { label: 'View', icon: IconEye, run: () => useView.getState().openViewer(job.id) }
    case 'failed':
    case 'cancelled':
      return { label: 'Retry', icon: IconRefresh, run: () => void runAction('retry', [job]) }
    case 'held':
      return { label: 'Release', icon: IconPlayerPlay, run: () => void runAction('release', [job]) }
    case 'queued':
    case 'running':
    case 'verifying':
      return { label: 'Cancel', icon: IconX, run: () => void runAction('cancel', [job]) }
  }
}
