import { Text } from '@mantine/core'
import { useMemo } from 'react'
import { AddButtons } from '../drop/index.ts'
import { formatRemaining } from '../format/duration.ts'
import { formatCount, formatPercent, formatSpeed } from '../format/quantity.ts'
import { type Overall, overallOf } from '../jobs/index.ts'
import { useLab } from '../state/lab-store.ts'
import classes from './header.module.css'

/** How far everything is, on every screen, and the way to add more. */
export function Header() {
  const jobs = useLab((lab) => lab.jobs)
  const loaded = useLab((lab) => lab.loaded)
  const remainingMs = useLab((lab) => lab.status?.remainingMs)
  const overall = useMemo(() => overallOf(jobs.values()), [jobs])
  return (
    <section className={classes.header} aria-label="All jobs">
      {loaded && jobs.size > 0 && <OverallProgress overall={overall} remainingMs={remainingMs} />}
      {jobs.size > 0 && (
        <div className={classes.add}>
          <AddButtons size="sm" />
        </div>
      )}
    </section>
  )
}

function OverallProgress({ overall, remainingMs }: { overall: Overall; remainingMs: number | undefined }) {
  const { progress } = overall
  if (progress === undefined)
    return (
      <Text size="sm" c="dimmed" role="status">
        All done. Nothing waits.
      </Text>
    )
  return (
    <div className={classes.overall}>
      <div className={classes.line}>
        <span className={classes.percent}>{formatPercent(progress)}</span>
        <span>{`${formatCount(overall.running)} running, ${formatCount(overall.waiting)} waiting`}</span>
        <span className={classes.rate}>
          {[
            ...overall.speeds.map(formatSpeed),
            remainingMs !== undefined && `${formatRemaining(remainingMs)} remaining`
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </div>
      <div
        className={classes.bar}
        role="progressbar"
        aria-label="Progress of everything"
        aria-valuenow={Math.floor(progress * 100)}
        aria-valuemin={0}
        aria-valuemax={100}
      >
        <div className={classes.fill} style={{ transform: `scaleX(${progress})` }} />
      </div>
    </div>
  )
}
