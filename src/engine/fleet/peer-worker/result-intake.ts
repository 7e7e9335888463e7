import { mkdir, readdir, rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { TaskResult } from '../../../shared/contract/peer.ts'
import { MicrotomeError } from '../../../shared/errors.ts'
import type { LentTask, StagedResult } from '../../scheduler/worker-port.ts'
import {
  type ByteSink,
  badArchive,
  ExpandSink,
  entryNameFault,
  FileSink,
  transferFailed
} from '../../transfer/index.ts'

/** Makes the staging folder ready for a result: there, empty, with room. Names in `result` come from another node. */
export async function openIntake(task: LentTask, result: TaskResult): Promise<ByteSink> {
  for (const name of [result.primary, ...(result.files ?? []).map((file) => file.path)]) checkName(name)
  await emptied(task.stagingDir)
  await checkRoom(task.stagingDir, result.blob.sizeBytes)
  const { sizeBytes } = result.blob
  return result.packed
    ? new ExpandSink(task.stagingDir, sizeBytes)
    : new FileSink(join(task.stagingDir, result.primary))
}

/** What arrived, compared with what was promised. Throws `size-mismatch` or `bad-archive`. */
export async function checkedResult(task: LentTask, result: TaskResult): Promise<StagedResult> {
  const { primary, report, runMs } = result
  for (const { path, sizeBytes } of result.files ?? []) {
    const found = await sizeOf(join(task.stagingDir, path))
    if (found !== sizeBytes)
      throw transferFailed('size-mismatch', `A file of the result has ${found ?? 0} bytes instead of ${sizeBytes}.`)
  }
  if (!(await isThere(join(task.stagingDir, primary)))) throw badArchive('its main file is missing')
  return { primary, report, runMs, totalBytes: result.blob.sizeBytes }
}

/** A failure of this computer's own disk is the destination's, whichever worker delivers. */
export function asOwnDisk(error: unknown): unknown {
  if (!(error instanceof MicrotomeError) || (error.code !== 'disk-full' && error.code !== 'cannot-write')) return error
  return new MicrotomeError({ ...error.toJSON(), class: 'input' }, { cause: error })
}

function checkName(name: string): void {
  const fault = entryNameFault(name)
  if (fault) throw badArchive(`a file's name ${fault}`)
}

async function emptied(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true })
  for (const name of await readdir(dir)) await rm(join(dir, name), { recursive: true, force: true, maxRetries: 5 })
}

async function checkRoom(dir: string, neededBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(dir)
  if (bavail * bsize >= neededBytes) return
  throw new MicrotomeError({
    code: 'disk-full',
    class: 'input',
    message: `The result needs ${neededBytes} bytes and the destination's disk has ${bavail * bsize} free.`,
    hint: 'Free some space or choose another folder.'
  })
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    const found = await stat(path)
    return found.isFile() ? found.size : undefined
  } catch (error) {
    if (error instanceof Error && 'code' in error && ['ENOENT', 'ENOTDIR'].includes(String(error.code)))
      return undefined
    throw error
  }
}

/** What people open may be a folder: an IIIF image, a Zoomify one. */
async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile() || found.isDirectory(),
    () => false
  )
}
