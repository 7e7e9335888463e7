import type { NetworkInterfaceInfo } from 'node:os'
import type { JobError } from '../../../shared/errors.ts'
import type { Settings } from '../../../shared/settings.ts'
import type { Tools } from '../describe-tools.ts'
import type { Run } from '../run.ts'

/** What the doctor looks at; everything comes in, so that it can speak for a running engine and for none. */
export interface DoctorOptions {
  settings: Settings
  config: { file: string; error: JobError | undefined }
  dataDir: string
  /** Of a damaged database that was set aside. */
  storageError: JobError | undefined
  scratchDir: string
  /** `process.version` and `process.execPath` of the Node that runs the engine. */
  node: { version: string; path: string }
  /** The program of the converters' children; `libraries` beside it tells what they can load. */
  childEntry: string
  run: Run
  /** Tries ffmpeg, ffprobe and every encoder anew. */
  findTools(): Promise<Tools>
  /** Ports that this engine holds; undefined where none runs. */
  listening: { peerPort: number; uiPort: number } | undefined
  interfaces(): NodeJS.Dict<NetworkInterfaceInfo[]>
  /** Joins the group of mDNS on the interface with that address and leaves it; rejects where that can't be. See {@link joinMulticast}. */
  joinMulticast(address: string): Promise<void>
  wallMs: number
}
