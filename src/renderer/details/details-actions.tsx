import { Button, Group } from '@mantine/core'
import {
  IconExternalLink,
  IconEye,
  IconFolderOpen,
  IconPlayerPause,
  IconPlayerPlay,
  IconRefresh,
  IconX
} from '@tabler/icons-react'
import type { Job } from '../../shared/domain/jobs.ts'
import { bridge } from '../api/bridge.ts'
import { allows, runAction } from '../jobs/index.ts'
import { notifyProblem } from '../problem/index.ts'
import { useView } from '../state/view-store.ts'

/** What can be done with the job, the likeliest first. */
export function DetailsActions({ job }: { job: Job }) {
  const openViewer = useView((view) => view.openViewer)
  return (
    <Group gap="xs">
      {allows(job, 'view') && (
        <Button leftSection={<IconEye size={17} aria-hidden />} onClick={() => openViewer(job.id)}>
          {job.state === 'completed' ? 'View' : 'View what is there'}
        </Button>
      )}
      <DesktopActions job={job} />
      {allows(job, 'retry') && (
        <Button leftSection={<IconRefresh size={17} aria-hidden />} onClick={() => void runAction('retry', [job])}>
          Retry
        </Button>
      )}
      {allows(job, 'release') && (
        <Button leftSection={<IconPlayerPlay size={17} aria-hidden />} onClick={() => void runAction('release', [job])}>
          Release
        </Button>
      )}
      {allows(job, 'hold') && (
        <Button
          variant="default"
          leftSection={<IconPlayerPause size={17} aria-hidden />}
          onClick={() => void runAction('hold', [job])}
        >
          Hold
        </Button>
      )}
      {allows(job, 'cancel') && (
        <Button
          variant="default"
          leftSection={<IconX size={17} aria-hidden />}
          onClick={() => void runAction('cancel', [job])}
        >
          Cancel
        </Button>
      )}
    </Group>
  )
}

function DesktopActions({ job }: { job: Job }) {
  const { output } = job
  const desktop = bridge
  if (!desktop || output === undefined || job.state !== 'completed') return null
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconFolderOpen size={17} aria-hidden />}
        onClick={() => void desktop.showInFolder(output).catch(notifyProblem)}
      >
        Show in folder
      </Button>
      <Button
        variant="default"
        leftSection={<IconExternalLink size={17} aria-hidden />}
        onClick={() => void desktop.openPath(output).catch(notifyProblem)}
      >
        Open
      </Button>
    </>
  )
}
