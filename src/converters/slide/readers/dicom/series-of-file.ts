import { readdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Log } from '../../../converter.ts'
import { wholeSlideClass } from './attributes.ts'
import { readable } from './dicom-file.ts'
import { classOf, type DicomInstance, readInstance } from './instance.ts'
import { tooManyFiles } from './missing-part.ts'

/** A folder of more files is an archive; there a file is taken alone, because each look would read all of them. */
const mostBeside = 1000

/**
 * The files beside a slide's full level that are of its series: smaller levels, the other parts of a level in several
 * files, label and overview. Empty where a larger level lies there: then the file was chosen for its own size.
 * Throws `not-recognised` for a part of a level in a folder of too many files.
 */
export async function seriesOfFile(main: DicomInstance, log: Log): Promise<DicomInstance[]> {
  const folder = dirname(main.path)
  const names = (await readable(() => readdir(folder, { withFileTypes: true }))).filter((entry) => entry.isFile())
  if (main.series === '') return []
  if (names.length > mostBeside) {
    if (main.concatenation) throw tooManyFiles(mostBeside)
    log('warn', `Smaller levels are not looked for beside it: its folder holds more than ${mostBeside} files.`)
    return []
  }
  const beside: DicomInstance[] = []
  for (const { name } of names) {
    const path = join(folder, name)
    if (path === resolve(main.path)) continue
    const found = await slideAt(path)
    if (found?.series === main.series && found.study === main.study) beside.push(found)
  }
  const isSmaller = beside.some((one) => one.role === 'volume' && areaOf(one) > areaOf(main))
  return isSmaller ? [] : beside.filter((one) => belongsTo(one, main))
}

const areaOf = ({ widthPx, heightPx }: DicomInstance) => widthPx * heightPx

/** What lies beside a slide may be anything; damaged, it is no part of it. */
async function slideAt(path: string): Promise<DicomInstance | undefined> {
  try {
    const sopClass = await classOf(path)
    return sopClass === wholeSlideClass || sopClass === '' ? await readInstance(path) : undefined
  } catch {
    return undefined
  }
}

/** Label and overview have a frame of reference of their own; versions of the same size are slides of their own. */
function belongsTo(one: DicomInstance, main: DicomInstance): boolean {
  if (one.role !== 'volume') return true
  if (one.frameOfReference !== main.frameOfReference) return false
  if (one.concatenation && one.concatenation.uid === main.concatenation?.uid) return true
  return areaOf(one) < areaOf(main)
}
