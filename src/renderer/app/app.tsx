import { ErrorBoundary } from './error-boundary.tsx'
import { Frame } from './frame.tsx'
import { Screens } from './screens.tsx'

/** The whole window. */
export function App() {
  return (
    <Frame>
      <ErrorBoundary>
        <Screens />
      </ErrorBoundary>
    </Frame>
  )
}
