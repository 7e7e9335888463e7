import type { ProfileName } from '../../shared/domain/profiles.ts'

/** How engines call what they encode: the codec, another name of it, or one of ffmpeg's encoders (`libx264`, `hevc_nvenc`). */
const namesOf: readonly (readonly [ProfileName, RegExp])[] = [
  ['h264', /h\.?264|x264|\bavc/],
  ['h265', /h\.?265|x265|hevc|kvazaar/],
  ['vp9', /vp\.?9/],
  ['av1', /av1|rav1e/]
]

/** The profiles that an engine can make by what it says; a name that nobody knows is left out. */
export function profilesOfCodecs(names: readonly string[]): ReadonlySet<ProfileName> {
  const said = names.map((name) => name.trim().toLowerCase())
  return new Set(namesOf.filter(([, pattern]) => said.some((name) => pattern.test(name))).map(([profile]) => profile))
}
