import type { SubmitInput } from '../../shared/contract/local.ts'
import type { Priority } from '../../shared/domain/jobs.ts'
import { acceptsKind, kinds } from '../../shared/domain/profiles.ts'
import type { Conversion } from '../arguments/index.ts'

/** One drop as the node takes it: the profile for every kind of content that it accepts. */
export function submissionOf(
  { files, profile, out, onExists, namePattern }: Conversion,
  priority: Priority
): SubmitInput {
  const accepted = kinds.filter((kind) => acceptsKind(profile.name, kind))
  return {
    paths: files,
    uploadIds: [],
    profiles: Object.fromEntries(accepted.map((kind) => [kind, profile])),
    destination: out,
    priority,
    onExists,
    namePattern
  }
}
