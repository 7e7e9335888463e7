import { Progress, Text } from '@mantine/core'
import type { Job } from '../../shared/domain/jobs.ts'
import { formatRemaining } from '../format/duration.ts'
import { formatPercent, formatSpeed } from '../format/quantity.ts'
import { recipeOf, StateMark, Thumbnail } from '../jobs/index.ts'
import classes from './details.module.css'

/** Name, picture and state of the job, and how far it is while it runs. */
export function DetailsHead({ job }: { job: Job }) {
  const running = job.state === 'running' || job.state === 'verifying'
  return (
    <div className={classes.head}>
      <div className={classes.headRow}>
        <Thumbnail kind={job.kind} src={`/jobs/${encodeURIComponent(job.id)}/thumb`} large />
        <div className={classes.headText}>
          <Text fw={600} size="lg" className={classes.breaking}>
            {job.name}
          </Text>
          <Text size="sm" c="dimmed">
            {recipeOf(job)}
          </Text>
          <StateMark job={job} />
        </div>
      </div>
      {running && (
        <div>
          <Progress value={job.progress * 100} size={8} aria-label={`Progress of ${job.name}`} />
          <Text size="sm" c="dimmed" mt={6} className="tabular">
            {[
              formatPercent(job.progress),
              job.speed && formatSpeed(job.speed),
              job.remainingMs !== undefined && `${formatRemaining(job.remainingMs)} remaining`
            ]
              .filter(Boolean)
              .join(', ')}
          </Text>
        </div>
      )}
      {job.why !== undefined && job.why !== '' && (
        <Text size="sm" c="dimmed">
          {job.why}
        </Text>
      )}
    </div>
  )
}
