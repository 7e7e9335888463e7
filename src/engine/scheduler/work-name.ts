import { z } from 'zod'
import { type ProfileName, profileName, profileNames } from '../../shared/domain/profiles.ts'

/** What a rate is measured for: a profile, and apart from it the same where tiles are only copied, which is many times as fast. */
export type WorkName = ProfileName | `${ProfileName} copied`

/** The name of a piece of work. */
export function workName({ profile, copied }: { profile: ProfileName; copied?: boolean | undefined }): WorkName {
  return copied ? `${profile} copied` : profile
}

export const workNames: readonly WorkName[] = profileNames.flatMap((name) => [name, `${name} copied` as const])

/** As rates are kept on disk. */
export const workNameSchema = z.union([profileName, z.templateLiteral([profileName, ' copied'])])
