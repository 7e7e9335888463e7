import type { OpenDialogOptions, OpenDialogReturnValue, Shell } from 'electron'
import type { EngineConnection } from '../../shared/bridge.ts'
import { openResult, showInFolder } from './open-result.ts'
import type { RequestHandlers } from './serve-requests.ts'

export interface PageRequestParts {
  /** The engine's door as soon as it runs. */
  connection(): Promise<EngineConnection>
  /** Shows a dialog in front of the window. */
  choose(options: OpenDialogOptions): Promise<OpenDialogReturnValue>
  shell: Pick<Shell, 'openPath' | 'showItemInFolder'>
}

/** What the page can't do itself. */
export function pageRequests({ connection, choose, shell }: PageRequestParts): RequestHandlers {
  return {
    async connect() {
      const { socketUrl, token } = await connection()
      return { socketUrl, token }
    },
    async 'choose-sources'({ folders }) {
      const title = folders ? 'Folders to convert' : 'Files to convert'
      const { canceled, filePaths } = await choose({
        title,
        properties: [folders ? 'openDirectory' : 'openFile', 'multiSelections']
      })
      return canceled ? [] : filePaths
    },
    async 'choose-folder'({ title, defaultPath }) {
      const options = { title, properties: ['openDirectory', 'createDirectory'] } satisfies OpenDialogOptions
      const { canceled, filePaths } = await choose({ ...options, ...(defaultPath && { defaultPath }) })
      return canceled ? undefined : filePaths[0]
    },
    async 'show-in-folder'(path) {
      showInFolder(shell, path)
      return undefined
    },
    async 'open-path'(path) {
      await openResult(shell, path)
      return undefined
    }
  }
}
