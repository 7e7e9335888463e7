import { expect, it } from 'vitest'
import { profilesOfCodecs } from './engine-codecs.ts'

it.each([
  ['h264', ['h264']],
  ['H.264', ['h264']],
  ['libx264', ['h264']],
  ['h264_nvenc', ['h264']],
  ['avc', ['h264']],
  ['libopenh264', ['h264']],
  ['hevc', ['h265']],
  ['hevc_vaapi', ['h265']],
  ['libx265', ['h265']],
  ['libvpx-vp9', ['vp9']],
  ['libsvtav1', ['av1']],
  ['libaom-av1', ['av1']],
  ['librav1e', ['av1']],
  ['mpeg2video', []],
  ['libvpx', []]
])('takes an engine that says "%s" to make %j', (said, made) => {
  expect([...profilesOfCodecs([said])]).toEqual(made)
})

it('takes an engine to make all that it names, whatever else it names', () => {
  expect([...profilesOfCodecs([' VP9 ', 'prores', 'libx264'])]).toEqual(['h264', 'vp9'])
})
