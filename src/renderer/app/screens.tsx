import { latePart } from '../late/index.ts'
import { QueueScreen } from '../queue/index.ts'
import { useView } from '../state/view-store.ts'

const NodesScreen = latePart(async () => (await import('../nodes/index.ts')).NodesScreen)
const SettingsScreen = latePart(async () => (await import('../settings/index.ts')).SettingsScreen)
const Viewer = latePart(async () => (await import('../viewer/index.ts')).Viewer)

/** The screen that the navigation chose, and the viewer above it. */
export function Screens() {
  const viewerJobId = useView((view) => view.viewerJobId)
  const openViewer = useView((view) => view.openViewer)
  return (
    <>
      <CurrentScreen />
      {viewerJobId !== undefined && <Viewer jobId={viewerJobId} onClose={() => openViewer(undefined)} />}
    </>
  )
}

function CurrentScreen() {
  const screen = useView((view) => view.screen)
  switch (screen) {
    case 'queue':
      return <QueueScreen />
    case 'nodes':
      return <NodesScreen />
    case 'settings':
      return <SettingsScreen />
  }
}
