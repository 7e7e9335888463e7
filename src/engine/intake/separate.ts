import { readdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { companionsIn, mayBeDicom } from './companions.ts'
import { takenBySeries } from './dicom-folder.ts'
import type { Look } from './found-file.ts'

/**
 * Dropped paths without those that are parts of another one: people select a slide's file and its data folder together, or all
 * files of a DICOM series.
 */
export async function withoutCompanions(paths: readonly string[], look?: Look | undefined): Promise<string[]> {
  const dropped = new Set(paths.map((path) => resolve(path)))
  const parts = new Set<string>()
  for (const folder of new Set([...dropped].filter((path) => hasCompanions(path)).map((path) => dirname(path)))) {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
    const selected = entries.filter(({ name }) => dropped.has(join(folder, name)))
    for (const name of await companionsIn(folder, selected)) parts.add(join(folder, name))
  }
  if (look) for (const part of await takenAmong([...dropped].filter(mayBeDicom), look)) parts.add(part)
  return paths.filter((path) => !parts.has(resolve(path)))
}

/** Of files that were chosen one by one; a single one of a folder is what it is. */
async function takenAmong(paths: readonly string[], look: Look): Promise<string[]> {
  const taken: string[] = []
  for (const [folder, chosen = []] of Object.entries(Object.groupBy(paths, (path) => dirname(path)))) {
    if (chosen.length < 2) continue
    const names = await takenBySeries(
      folder,
      chosen.map((path) => basename(path)),
      look
    )
    taken.push(...[...names].map((name) => join(folder, name)))
  }
  return taken
}

const hasCompanions = (path: string) => /\.(mrxs|vms|vmu)$/i.test(path)
