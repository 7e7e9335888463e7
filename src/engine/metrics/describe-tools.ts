import { kindOfProfile, type ProfileName, profileNames } from '../../shared/domain/profiles.ts'
import type { Candidate } from './tool-candidates.ts'
import type { Encoder, Inspection } from './tool-inspection.ts'

/** Encoders of a video profile, the preferred first; any one of them will do. */
export const profileEncoders = {
  h264: ['libx264'],
  h265: ['libx265'],
  vp9: ['libvpx-vp9'],
  av1: ['libsvtav1', 'libaom-av1']
} as const satisfies Partial<Record<ProfileName, readonly Encoder[]>>
export type VideoProfile = keyof typeof profileEncoders

/** The tools of video, each of which ran here, and what can be made with them. */
export interface Tools {
  ffmpegPath?: string
  ffprobePath?: string
  ffmpegVersion?: string
  /** Those that encoded two frames here. */
  encoders: Encoder[]
  /** Slides and images always; of video, those with an encoder. */
  profiles: ProfileName[]
  /** One sentence or two: what is missing for video and how to turn it on. */
  hint?: string
}

export const profilesWithoutVideo = profileNames.filter((name) => kindOfProfile(name) !== 'video')

/** A binary that ran. */
export interface Found {
  path: string
  inspection: Inspection
}

/** Words what was found; `failed` are the candidates that did not run. */
export function describeTools(
  ffmpeg: Found | undefined,
  ffprobe: Found | undefined,
  failed: Candidate[],
  platform: NodeJS.Platform
): Tools {
  const encoders = ffmpeg?.inspection.encoders ?? []
  const video = ffmpeg && ffprobe ? videoProfiles(encoders) : []
  const missing = missingWords(ffmpeg, ffprobe, video, platform)
  const refused = failed.flatMap(({ named, path }) => (named ? [`${named} names ${path}, which did not run.`] : []))
  const hint = [...refused.map(capitalised), ...missing].join(' ')
  return {
    ...(ffmpeg && { ffmpegPath: ffmpeg.path, ffmpegVersion: ffmpeg.inspection.version }),
    ...(ffprobe && { ffprobePath: ffprobe.path }),
    encoders,
    profiles: [...profilesWithoutVideo, ...video],
    ...(hint !== '' && { hint })
  }
}

function videoProfiles(encoders: readonly Encoder[]): VideoProfile[] {
  const all = Object.keys(profileEncoders) as VideoProfile[]
  return all.filter((name) => profileEncoders[name].some((encoder) => encoders.includes(encoder)))
}

function missingWords(
  ffmpeg: Found | undefined,
  ffprobe: Found | undefined,
  video: VideoProfile[],
  platform: NodeJS.Platform
): string[] {
  if (!ffmpeg || !ffprobe)
    return [`Video is off because no ${ffmpeg ? 'ffprobe' : 'ffmpeg'} was found: ${howToInstall(platform)}.`]
  const without = Object.keys(profileEncoders).filter((name) => !(video as string[]).includes(name))
  return without.length === 0 ? [] : [`This ffmpeg has no working encoder for ${without.join(', ')}.`]
}

function howToInstall(platform: NodeJS.Platform): string {
  const settings = 'or name them in the settings ffmpegPath and ffprobePath'
  switch (platform) {
    case 'win32':
      return `install both with "winget install Gyan.FFmpeg", ${settings}`
    case 'darwin':
      return `install both with "brew install ffmpeg", ${settings}`
    default:
      return `install both with "apt install ffmpeg" or the like, ${settings}`
  }
}

function capitalised(sentence: string): string {
  return sentence.slice(0, 1).toUpperCase() + sentence.slice(1)
}
