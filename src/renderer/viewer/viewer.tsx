import { Modal } from '@mantine/core'
import { useState } from 'react'
import type { Job } from '../../shared/domain/jobs.ts'
import { useLab } from '../state/lab-store.ts'
import { useView } from '../state/view-store.ts'
import { toggleFullScreen } from './full-screen.ts'
import { InfoPanel } from './info-panel.tsx'
import { NothingToShow } from './nothing-to-show.tsx'
import { ResultView } from './result-view.tsx'
import { type Neighbours, neighboursOf } from './results.ts'
import { TopBar } from './top-bar.tsx'
import { useFocusReturn } from './use-focus-return.ts'
import { useKeys } from './use-keys.ts'
import classes from './viewer.module.css'

/** The result of a job, filling the window. Esc closes it, and the focus goes back to where it was. */
export function Viewer({ jobId, onClose }: { jobId: string; onClose: () => void }) {
  const job = useLab((lab) => lab.jobs.get(jobId))
  const neighbours = useNeighbours(job)
  const [infoShown, setInfoShown] = useState(false)
  useFocusReturn()
  const toggleInfo = () => setInfoShown((before) => !before)
  useKeys({
    i: toggleInfo,
    f: toggleFullScreen,
    PageDown: () => go(neighbours?.next),
    PageUp: () => go(neighbours?.previous)
  })
  return (
    <Modal.Root opened onClose={onClose} fullScreen transitionProps={{ duration: 0 }}>
      <Modal.Content className={classes.window} aria-label={job?.name ?? 'Viewer'}>
        <div className={classes.page} tabIndex={-1} data-autofocus>
          <TopBar
            job={job}
            neighbours={neighbours}
            go={go}
            infoShown={infoShown}
            onInfo={toggleInfo}
            onClose={onClose}
          />
          <div className={classes.middle}>
            {job === undefined ? <NothingToShow /> : <ResultView key={job.id} job={job} />}
            {infoShown && job !== undefined && <InfoPanel key={job.id} job={job} />}
          </div>
        </div>
      </Modal.Content>
    </Modal.Root>
  )
}

function go(id: string | undefined): void {
  if (id !== undefined) useView.getState().openViewer(id)
}

function useNeighbours(job: Job | undefined): Neighbours | undefined {
  const jobs = useLab((lab) => lab.jobs)
  return job && neighboursOf(jobs.values(), job)
}
