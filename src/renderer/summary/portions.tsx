import type { Submission } from '../../shared/domain/jobs.ts'
import classes from './summary.module.css'

/** A bar of what became of the files; the sentence below it says the same in words. */
export function Portions({ submission }: { submission: Submission }) {
  const { total, completed, failed, cancelled } = submission
  const share = (count: number) => ({ flexGrow: total === 0 ? 0 : count / total })
  return (
    <div className={classes.portions} aria-hidden>
      <span data-part="done" style={share(completed)} />
      <span data-part="failed" style={share(failed)} />
      <span data-part="cancelled" style={share(cancelled)} />
      <span style={share(total - completed - failed - cancelled)} />
    </div>
  )
}
