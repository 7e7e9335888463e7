import { JobDetailsDrawer } from '../details/index.ts'
import { CancelQuestion } from '../jobs/index.ts'
import { useLab } from '../state/lab-store.ts'
import { SummaryBanner } from '../summary/index.ts'
import { EmptyQueue } from './empty-queue.tsx'
import { JobTable } from './job-table.tsx'
import { LoadingQueue } from './loading-queue.tsx'
import classes from './queue-screen.module.css'
import { SelectionBar } from './selection-bar.tsx'
import { Toolbar } from './toolbar.tsx'
import { useRows } from './use-rows.ts'
import { useShowSubmission } from './use-show-submission.ts'

/** Every job of this node: what runs, what waits, what is done. */
export function QueueScreen() {
  const loaded = useLab((lab) => lab.loaded)
  const empty = useLab((lab) => lab.jobs.size === 0)
  if (!loaded) return <LoadingQueue />
  return empty ? <EmptyQueue /> : <FilledQueue />
}

function FilledQueue() {
  const rows = useRows()
  const showSubmission = useShowSubmission()
  return (
    <section className={classes.screen} aria-label="Queue">
      <h1 className={classes.hidden}>Queue</h1>
      <SummaryBanner onShow={showSubmission} />
      <Toolbar counts={rows.counts} />
      <JobTable rows={rows} />
      <SelectionBar />
      <JobDetailsDrawer />
      <CancelQuestion />
    </section>
  )
}
