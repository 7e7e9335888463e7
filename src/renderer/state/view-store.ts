import { create } from 'zustand'

export const screens = ['queue', 'nodes', 'settings'] as const
export type Screen = (typeof screens)[number]

interface ViewState {
  screen: Screen
  /** The job whose details are open beside the queue. */
  openJobId: string | undefined
  /** The job whose result fills the window. */
  viewerJobId: string | undefined
  show(screen: Screen): void
  openJob(id: string | undefined): void
  openViewer(id: string | undefined): void
}

/** What the window shows; nothing of it is the engine's business. */
export const useView = create<ViewState>()((set) => ({
  screen: screenOf(window.location.hash),
  openJobId: undefined,
  viewerJobId: undefined,
  show: (screen) => set({ screen, openJobId: undefined }),
  openJob: (openJobId) => set({ openJobId }),
  openViewer: (viewerJobId) => set({ viewerJobId })
}))

function screenOf(hash: string): Screen {
  return screens.find((screen) => hash === `#${screen}`) ?? 'queue'
}

// The address keeps the screen, so that a reload and the browser's Back button do what people expect.
useView.subscribe(({ screen }) => {
  if (screenOf(window.location.hash) !== screen) window.location.hash = screen
})
window.addEventListener('hashchange', () => {
  const screen = screenOf(window.location.hash)
  if (useView.getState().screen !== screen) useView.getState().show(screen)
})
