import { DropZone, Sheet } from '../drop/index.ts'
import { ErrorBoundary } from './error-boundary.tsx'
import { Frame } from './frame.tsx'
import { Screens } from './screens.tsx'
import { useAppearance } from './use-appearance.ts'
import { useDesktopMenus } from './use-desktop-menus.ts'

/** The whole window. */
export function App() {
  useAppearance()
  useDesktopMenus()
  return (
    <>
      <Frame>
        <ErrorBoundary>
          <Screens />
        </ErrorBoundary>
      </Frame>
      <Sheet />
      <DropZone />
    </>
  )
}
