import { kindOfProfile, type Profile } from '../../shared/domain/profiles.ts'

/** Whether results of this profile carry label, macro and the words of their slides. */
export function keepsIdentity({ name, options }: Profile): boolean {
  return kindOfProfile(name) === 'slide' && options.deidentify === false
}
