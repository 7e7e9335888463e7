import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

function runs(command: string, args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).error === undefined
}

const ffmpegPath = process.env.FFMPEG_BIN ?? 'ffmpeg'
const ffprobePath = process.env.FFPROBE_BIN ?? 'ffprobe'

/** ffmpeg and ffprobe of this machine, or undefined with the reason on stderr. */
export const videoTools =
  runs(ffmpegPath, ['-version']) && runs(ffprobePath, ['-version']) ? { ffmpegPath, ffprobePath } : undefined
if (!videoTools)
  process.stderr.write('video tests are left out: ffmpeg and ffprobe did not run (FFMPEG_BIN, FFPROBE_BIN, PATH)\n')

const slide = join(import.meta.dirname, '../../../../shared/data/slides/CMU-1-Small-Region.svs')

/** A real Aperio slide with label and macro, or undefined with the reason on stderr. */
export const realSlide = existsSync(slide) ? slide : undefined
if (!realSlide) process.stderr.write('tests on the real SVS are left out: ../shared/data/slides is not there\n')

const dicom = join(import.meta.dirname, '../../../../shared/data/slides/camelyon-jpeg.dcm')

/** A real DICOM slide of one level, or undefined with the reason on stderr. */
export const realDicom = existsSync(dicom) ? dicom : undefined
if (!realDicom) process.stderr.write('tests on the real DICOM slide are left out: ../shared/data/slides is not there\n')

/** Whether a program is at hand, with the reason on stderr if not. */
export function hasProgram(command: string, ...args: string[]): boolean {
  const found = runs(command, args)
  if (!found) process.stderr.write(`a check with ${command} is left out: it is not on the PATH\n`)
  return found
}
