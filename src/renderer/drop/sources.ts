import { bridge } from '../api/bridge.ts'
import { notifyProblem } from '../problem/index.ts'
import { chosenFile } from './dropped-file.ts'
import { takeFiles, takePaths } from './intake.ts'
import { type EntryLike, walkEntries } from './walk-entries.ts'

/** What was dropped on the window: paths on the desktop, streamed files in a browser. */
export function takeDrop(transfer: DataTransfer): void {
  // Must be read now: the browser empties a drop as soon as its event is over.
  const files = [...transfer.files]
  const desktop = bridge
  if (desktop) {
    const paths = files.map((file) => desktop.pathOf(file)).filter((path) => path !== '')
    void takePaths(paths)
    return
  }
  const entries = [...transfer.items]
    .map((item): EntryLike | null => item.webkitGetAsEntry())
    .filter((entry) => entry !== null)
  void takeFiles(entries.length > 0 ? walkEntries(entries) : files.map(chosenFile))
}

/** The system's own dialog; desktop only. */
export async function chooseSources(options: { folders: boolean }): Promise<void> {
  try {
    if (bridge) await takePaths(await bridge.chooseSources(options))
  } catch (error) {
    notifyProblem(error)
  }
}
