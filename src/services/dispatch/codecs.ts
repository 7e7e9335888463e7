import type { ProfileName } from '../../shared/domain/profiles.ts'

/** Names of each codec, and ffmpeg's encoders of it, as clients write them (`ffmpeg -encoders`). */
const codecNames = {
  h264: [
    'h264',
    'h.264',
    'avc',
    'x264',
    'libx264',
    'libx264rgb',
    'libopenh264',
    'h264_nvenc',
    'nvenc_h264',
    'h264_qsv',
    'h264_vaapi',
    'h264_amf',
    'h264_mf',
    'h264_v4l2m2m',
    'h264_omx',
    'h264_videotoolbox',
    'h264_vulkan'
  ],
  h265: [
    'h265',
    'h.265',
    'hevc',
    'x265',
    'libx265',
    'hevc_nvenc',
    'nvenc_hevc',
    'hevc_qsv',
    'hevc_vaapi',
    'hevc_amf',
    'hevc_mf',
    'hevc_v4l2m2m',
    'hevc_videotoolbox',
    'hevc_vulkan',
    'libkvazaar'
  ],
  vp9: ['vp9', 'libvpx-vp9', 'vp9_qsv', 'vp9_vaapi'],
  av1: [
    'av1',
    'libsvtav1',
    'libaom-av1',
    'librav1e',
    'av1_nvenc',
    'av1_qsv',
    'av1_vaapi',
    'av1_amf',
    'av1_mf',
    'av1_vulkan'
  ]
} as const satisfies Partial<Record<ProfileName, readonly string[]>>

const profileByName = new Map<string, ProfileName>()
for (const [profile, names] of Object.entries(codecNames))
  for (const name of names) profileByName.set(name, profile as keyof typeof codecNames)

/** What a refusal names as allowed; their encoders' names go too. */
export const allowedCodecs = 'h264, h265 (hevc), vp9, av1 and the names of ffmpeg encoders of these, such as libx264'

/** The profile that a `target_codec` asks for, whatever its case; undefined for one that nobody here encodes. */
export function profileOfCodec(targetCodec: string): ProfileName | undefined {
  return profileByName.get(targetCodec.trim().toLowerCase())
}
