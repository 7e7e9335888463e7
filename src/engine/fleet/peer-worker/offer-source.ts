import { MicrotomeError } from '../../../shared/errors.ts'
import type { LentTask } from '../../scheduler/worker-port.ts'
import { type Blobs, entryNameFault, type OfferedBlob } from '../../transfer/index.ts'
import { travelNames } from './travel-names.ts'

/** A task's source as one worker may fetch it. */
export interface OfferedSource {
  source: OfferedBlob
  packed: { main: string } | undefined
}

/**
 * Puts a task's source on offer. Throws class `input` where it can't be read, and `name-not-portable`, class `node`, where a file that
 * must keep its name has one that not every system takes: such a slide is converted at home.
 */
export async function offerSource(blobs: Blobs, task: LentTask, nodeId: string): Promise<OfferedSource> {
  if (!task.parts) return { source: await blobs.offerFile(task.sourcePath, { nodeId }), packed: undefined }
  const { main, files } = travelNames(task)
  const fault = files.map(({ name }) => entryNameFault(name)).find((one) => one !== undefined)
  if (fault !== undefined)
    throw new MicrotomeError({
      code: 'name-not-portable',
      class: 'node',
      message: `A file of the slide has a name that not every computer takes: it ${fault}.`
    })
  return { source: await blobs.offerPacked(files, { nodeId }), packed: { main } }
}
