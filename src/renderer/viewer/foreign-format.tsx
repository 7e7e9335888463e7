import { Button } from '@mantine/core'
import { IconFolderOpen } from '@tabler/icons-react'
import type { Job } from '../../shared/domain/jobs.ts'
import { bridge } from '../api/bridge.ts'
import { CopyLine } from '../details/copy-line.tsx'
import { notifyProblem } from '../problem/index.ts'
import { NothingToShow } from './nothing-to-show.tsx'

/** A pyramidal TIFF, which no browser can show: where it lies, and what opens it. */
export function ForeignFormat({ job: { output } }: { job: Job }) {
  const desktop = bridge
  return (
    <NothingToShow
      why="A pyramidal BigTIFF can’t be shown in this window."
      hint="QuPath, OpenSlide and most viewers of slides open it. To look at a slide here, convert it to Deep Zoom."
    >
      {output !== undefined && (
        <>
          <CopyLine text={output} what="path of the result" />
          {desktop && (
            <Button
              mt="md"
              leftSection={<IconFolderOpen size={17} aria-hidden />}
              onClick={() => void desktop.showInFolder(output).catch(notifyProblem)}
            >
              Show in folder
            </Button>
          )}
        </>
      )}
    </NothingToShow>
  )
}
