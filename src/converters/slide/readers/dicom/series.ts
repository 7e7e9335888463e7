import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { wholeSlideClass } from './attributes.ts'
import { readable } from './dicom-file.ts'
import { classOf, type DicomInstance, readInstance } from './instance.ts'
import { tooManyFiles } from './missing-part.ts'

/** A series lies in one folder or in folders below it (DICOM media: study, series). */
const mostDepth = 3
/** A slide has some ten files, concatenated ones some hundred; beyond lies a folder that was not meant. */
const mostFiles = 5000

/**
 * The whole slide images in a folder and those below, by series; other files are passed over. Throws `not-recognised` for more
 * files than are looked at.
 */
export async function seriesIn(folder: string): Promise<DicomInstance[][]> {
  const bySeries = new Map<string, DicomInstance[]>()
  for (const path of await filesIn(folder, mostDepth, [])) {
    const instance = await slideIn(path)
    if (!instance) continue
    const series = bySeries.get(instance.series)
    if (series) series.push(instance)
    else bySeries.set(instance.series, [instance])
  }
  return joined([...bySeries.values()])
}

async function slideIn(path: string): Promise<DicomInstance | undefined> {
  const sopClass = await classOf(path)
  return sopClass === wholeSlideClass || sopClass === '' ? readInstance(path) : undefined
}

/** Scanners put label and overview into a series of their own; they belong to the one slide of their study. */
function joined(all: DicomInstance[][]): DicomInstance[][] {
  const slides = all.filter((series) => series.some(({ role }) => role === 'volume'))
  const [slide, ...others] = slides
  if (!slide || others.length > 0) return slides.length > 0 ? slides : all
  const beside = all.filter((series) => series !== slide && series[0]?.study === slide[0]?.study)
  return [[...slide, ...beside.flat()]]
}

async function filesIn(folder: string, depth: number, found: string[]): Promise<string[]> {
  const entries = await readable(() => readdir(folder, { withFileTypes: true }))
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.isFile() && found.length === mostFiles) throw tooManyFiles(mostFiles)
    if (entry.isFile()) found.push(join(folder, entry.name))
    else if (entry.isDirectory() && depth > 1) await filesIn(join(folder, entry.name), depth - 1, found)
  }
  return found
}
