import type { DispatchWish } from '../../engine/service-api.ts'
import type { ProfileName } from '../../shared/domain/profiles.ts'
import { MicrotomeError } from '../../shared/errors.ts'
import { allowedCodecs, profileOfCodec } from '../dispatch/codecs.ts'
import { priorityOf } from '../dispatch/priorities.ts'
import type { Submission } from './job-schemas.ts'

/** What deployed servers make where nobody says what. */
const ordinaryProfile = 'h264' satisfies ProfileName

/** A submission in the core's words. Throws `unknown-codec` and `two-profiles`, class `input`. */
export function wishOf(submitted: Submission, ordinaryMaxRetries: number): DispatchWish {
  const profile = profileOf(submitted)
  const { sink, priority } = submitted
  return {
    sourceUrl: submitted.source_url,
    targetCodec: submitted.target_codec ?? profile,
    profile,
    jobSizeMb: submitted.job_size,
    maxRetries: submitted.max_retries ?? ordinaryMaxRetries,
    priority: typeof priority === 'number' ? priorityOf(priority) : priority,
    sinkUrl: sink.type === 'url' ? sink.url : undefined,
    resourceRequirements: submitted.resource_requirements
  }
}

function profileOf({ profile, target_codec: codec }: Submission): ProfileName {
  if (codec === undefined) return profile ?? ordinaryProfile
  const ofCodec = profileOfCodec(codec)
  if (ofCodec === undefined)
    throw refused(
      'unknown-codec',
      `Nobody here makes the target_codec "${codec}".`,
      `Use ${allowedCodecs}, or profile.`
    )
  if (profile !== undefined && profile !== ofCodec)
    throw refused(
      'two-profiles',
      `The target_codec "${codec}" is not the profile ${profile}.`,
      'Give one of them only.'
    )
  return ofCodec
}

function refused(code: string, message: string, hint: string): MicrotomeError {
  return new MicrotomeError({ code, class: 'input', message, hint })
}
