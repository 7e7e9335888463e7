import type { EngineConnection, Screen } from './bridge.ts'
import type { JobError } from './errors.ts'

/** What the page's preload may ask of the desktop's main process, by channel. All IPC there is: types only, the preload holds no code of ours. */
export interface DesktopRequests {
  connect: { input: undefined; output: EngineConnection }
  'choose-sources': { input: { folders: boolean }; output: string[] }
  'choose-folder': { input: { title: string; defaultPath?: string | undefined }; output: string | undefined }
  'show-in-folder': { input: string; output: undefined }
  'open-path': { input: string; output: undefined }
}

/** What the main process tells the page, by channel. */
export interface DesktopEvents {
  'engine-restarted': undefined
  navigate: Screen
  'open-paths': string[]
}

/** Electron turns a thrown error into text with a prefix of its own; so a failure is an answer. */
export type DesktopReply<T> = { ok: true; value: T } | { ok: false; error: JobError }
