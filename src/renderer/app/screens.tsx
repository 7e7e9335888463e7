import { NodesScreen } from '../nodes/index.ts'
import { QueueScreen } from '../queue/index.ts'
import { SettingsScreen } from '../settings/index.ts'
import { useView } from '../state/view-store.ts'
import { Viewer } from '../viewer/index.ts'

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
