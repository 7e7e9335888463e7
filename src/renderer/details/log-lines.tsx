import type { JobDetails } from '../../shared/domain/jobs.ts'
import { formatSeconds } from '../format/moment.ts'
import classes from './details.module.css'

/** What the engine and the converter noted about this job. */
export function LogLines({ lines }: { lines: JobDetails['logLines'] }) {
  if (lines.length === 0) return null
  return (
    <section>
      <h3 className={classes.heading}>Log</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className={classes.log} tabIndex={0} aria-label="Log lines">
        {lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines only ever come at the end
          <div key={index} className={classes.logLine} data-level={line.level}>
            <span className={classes.logTime}>{formatSeconds(line.atMs)}</span>
            <span className={classes.logLevel}>{line.level}</span>
            <span className={classes.breaking}>{line.message}</span>
          </div>
        ))}
      </section>
    </section>
  )
}
