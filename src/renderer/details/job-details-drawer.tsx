import { Drawer, Title } from '@mantine/core'
import { latePart } from '../late/index.ts'
import { useView } from '../state/view-store.ts'
import { useDetails } from './use-details.ts'

const DetailsBody = latePart(async () => (await import('./details-body.tsx')).DetailsBody)

/** Details of the job that the view store names, beside the queue. */
export function JobDetailsDrawer() {
  const jobId = useView((view) => view.openJobId)
  const openJob = useView((view) => view.openJob)
  const { job } = useDetails(jobId)
  return (
    <Drawer
      opened={jobId !== undefined && job !== undefined}
      onClose={() => openJob(undefined)}
      position="right"
      size={560}
      padding="lg"
      title={<Title order={2}>Job details</Title>}
      closeButtonProps={{ 'aria-label': 'Close the details' }}
      overlayProps={{ backgroundOpacity: 0.25 }}
      transitionProps={{ duration: 120 }}
    >
      {jobId !== undefined && <DetailsBody jobId={jobId} />}
    </Drawer>
  )
}
