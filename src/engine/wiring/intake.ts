import { MicrotomeError } from '../../shared/errors.ts'
import {
  contentHash,
  type FoundFile,
  type Inspector,
  slideFactsOf,
  type Uploads,
  uploadedFile,
  walk,
  withoutCompanions
} from '../intake/index.ts'
import type { Intake } from '../jobs/index.ts'

/** Files, folders and uploads as a submission asks for them. */
export function intakeOf({ inspector, uploads }: { inspector: Inspector; uploads: Uploads }): Intake {
  const look = (file: FoundFile) => inspector.look(file)
  return {
    separate: (paths) => withoutCompanions(paths, look),
    walk: (path, onUnreadable) => walk(path, onUnreadable, look),
    upload: async (uploadId) => uploadedFile(await uploads.whole(uploadId)),
    takeUpload: (uploadId) => uploads.take(uploadId),
    hash: contentHash,
    look: async (file) => {
      const seen = await look(file)
      if (seen.type === 'unrecognised') throw new MicrotomeError(seen.error)
      return { kind: seen.probed.kind, file: seen.file, slide: slideFactsOf(seen.probed) }
    }
  }
}
