import {
  IconAlertTriangle,
  IconBan,
  IconCircleCheck,
  IconClock,
  IconPlayerPause,
  IconProgress,
  IconShieldCheck
} from '@tabler/icons-react'
import type { Job, JobState } from '../../shared/domain/jobs.ts'
import { stateOf } from './job-words.ts'
import classes from './state-mark.module.css'

const icons = {
  queued: IconClock,
  held: IconPlayerPause,
  running: IconProgress,
  verifying: IconShieldCheck,
  completed: IconCircleCheck,
  failed: IconAlertTriangle,
  cancelled: IconBan
} as const satisfies Record<JobState, unknown>

/** A job's state as icon and word; colour only underlines it. */
export function StateMark({ job }: { job: Job }) {
  const Icon = icons[job.state]
  return (
    <span className={classes.mark} data-state={job.state}>
      <Icon size={16} stroke={1.8} aria-hidden />
      <span className={classes.word}>{stateOf(job)}</span>
    </span>
  )
}
