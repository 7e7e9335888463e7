import { kindOfProfile, type Profile, type ProfileName, parseProfile } from '../../shared/domain/profiles.ts'

/** The profile after another format was chosen: slide formats share their options, so that no choice is lost on the way. */
export function otherFormat(profile: Profile, name: ProfileName): Profile {
  if (kindOfProfile(profile.name) !== 'slide' || kindOfProfile(name) !== 'slide') return parseProfile(name)
  const { overlapPx, ...shared } = profile.options
  return parseProfile(name, name === 'dzi' || name === 'szi' ? { ...shared, overlapPx } : shared)
}
