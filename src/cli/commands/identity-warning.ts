import { kindOfProfile, type Profile } from '../../shared/domain/profiles.ts'
import type { Output } from '../output/index.ts'

const warning =
  'Not de-identified: results keep the label, the macro and all words of the slide, and may name the patient.'

/** Says it where the results of a call may name a patient: one line, or with `--json` one event. */
export function warnOfIdentity({ name, options }: Profile, output: Output): void {
  if (kindOfProfile(name) !== 'slide' || options.deidentify !== false) return
  output.event({ event: 'warning', message: warning })
  output.line(warning)
}
