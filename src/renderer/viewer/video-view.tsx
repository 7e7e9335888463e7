import { Button } from '@mantine/core'
import { useState } from 'react'
import type { Job } from '../../shared/domain/jobs.ts'
import { bridge } from '../api/bridge.ts'
import { notifyProblem } from '../problem/index.ts'
import { NothingToShow } from './nothing-to-show.tsx'
import classes from './viewer.module.css'

/** A video with the browser's own controls; says what to do where this window has no decoder for it. */
export function VideoView({ job, url }: { job: Job; url: string }) {
  const [failed, setFailed] = useState(false)
  if (failed)
    return (
      <NothingToShow
        why="This window can't play the video."
        hint="It may have no decoder for this format (H.265 often has none), or the file was moved. A video player can open it."
      >
        <OpenElsewhere job={job} url={url} />
      </NothingToShow>
    )
  return (
    <div className={classes.video}>
      {/* biome-ignore lint/a11y/useMediaCaption: microscope recordings come without words to caption. */}
      <video src={url} controls preload="metadata" aria-label={job.name} onError={() => setFailed(true)} />
    </div>
  )
}

function OpenElsewhere({ job, url }: { job: Job; url: string }) {
  const { output } = job
  if (bridge && output !== undefined)
    return (
      <Button mx="auto" display="block" onClick={() => bridge?.openPath(output).catch(notifyProblem)}>
        Open in the system's player
      </Button>
    )
  return (
    <Button mx="auto" display="block" w="fit-content" component="a" href={url} download={output?.split(/[\\/]/).at(-1)}>
      Download
    </Button>
  )
}
