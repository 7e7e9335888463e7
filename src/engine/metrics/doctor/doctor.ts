import type { NetworkInterfaceInfo } from 'node:os'
import type { Check } from '../../../shared/contract/local.ts'
import type { JobError } from '../../../shared/errors.ts'
import type { Settings } from '../../../shared/settings.ts'
import type { Tools } from '../describe-tools.ts'
import type { Run } from '../run.ts'
import { configCheck, folderChecks } from './folder-checks.ts'
import { multicastChecks, portChecks } from './network-checks.ts'
import { clockCheck, nodeCheck, sharpCheck, videoChecks } from './runtime-checks.ts'

/** What the doctor looks at; everything comes in, so that it can speak for a running engine and for none. */
export interface DoctorOptions {
  settings: Settings
  config: { file: string; error: JobError | undefined }
  dataDir: string
  scratchDir: string
  /** `process.version` and `process.execPath` of the Node that runs the engine. */
  node: { version: string; path: string }
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

/** Looks at everything a node needs, all at the same time; tells of each whether it works and what to do if not. */
export async function runDoctor(options: DoctorOptions): Promise<Check[]> {
  const examinations: [string, () => Promise<Check[]>][] = [
    ['Node', async () => [nodeCheck(options.node.version)]],
    ['sharp', async () => [await sharpCheck(options.run, options.node.path)]],
    ['ffmpeg', async () => videoChecks(await options.findTools())],
    ['Ports', () => portChecks(options.settings, options.listening)],
    ['Multicast', () => multicastChecks(options)],
    ['Disk', () => folderChecks(options)],
    ['Configuration', async () => [await configCheck(options.config)]],
    ['Clock', async () => [clockCheck(options.wallMs)]]
  ]
  const checks = await Promise.all(
    examinations.map(([name, examine]) => examine().catch((thrown) => [broken(name, thrown)]))
  )
  return checks.flat()
}

/** One examination that fails in a way nobody thought of must not hide the others. */
function broken(name: string, thrown: unknown): Check {
  const detail = thrown instanceof Error ? thrown.message : String(thrown)
  return { name, status: 'failed', detail, hint: 'Report this with the log: it should not happen.' }
}
