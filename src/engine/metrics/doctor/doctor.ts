import type { Check } from '../../../shared/contract/local.ts'
import type { DoctorOptions } from './doctor-options.ts'
import { configCheck, folderChecks, storageCheck } from './folder-checks.ts'
import { libraryChecks } from './library-checks.ts'
import { multicastChecks, portChecks } from './network-checks.ts'
import { clockCheck, nodeCheck, sharpCheck, videoChecks } from './runtime-checks.ts'

/** Looks at everything a node needs, all at the same time; tells of each whether it works and what to do if not. */
export async function runDoctor(options: DoctorOptions): Promise<Check[]> {
  const examinations: [string, () => Promise<Check[]>][] = [
    ['Node', async () => [nodeCheck(options.node.version)]],
    ['sharp', async () => [await sharpCheck(options.run, options.node.path)]],
    ['OpenSlide', () => libraryChecks(options)],
    ['ffmpeg', async () => videoChecks(await options.findTools())],
    ['Ports', () => portChecks(options.settings, options.listening)],
    ['Multicast', () => multicastChecks(options)],
    ['Disk', () => folderChecks(options)],
    ['Job storage', async () => [storageCheck(options)]],
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
