import type { Log } from '../../../converter.ts'
import type { DicomInstance } from './instance.ts'
import { seriesLacks } from './missing-part.ts'
import { checkPixels } from './pixel-format.ts'

/** The files of one level in the order of their frames; mostly one. */
export type LevelFiles = readonly [DicomInstance, ...DicomInstance[]]

/**
 * The levels of a slide out of the files of its series, the full size first. Throws `missing-part` where the full size
 * or a part of a level lacks, and where the full size can't be converted.
 */
export function levelsOf(instances: readonly DicomInstance[], log: Log): readonly [LevelFiles, ...LevelFiles[]] {
  const volumes = instances.filter(({ role }) => role === 'volume')
  const levels = groupParts(volumes).sort(
    ([a], [b]) => b.widthPx * b.heightPx - a.widthPx * a.heightPx || preference(a, b)
  )
  const [full, ...others] = levels
  if (!full) throw seriesLacks('the slide itself: there are only pictures beside it, such as the label')
  // A slide's copies say so. One file alone is taken for what it is.
  if (full[0].resampled && instances.length > 1)
    throw seriesLacks('the full size: all levels that are here were made smaller from another file')
  checkPixels(full[0])
  const smaller: LevelFiles[] = []
  for (const level of others) if (isUsable(level[0], (smaller.at(-1) ?? full)[0], full[0], log)) smaller.push(level)
  return [full, ...smaller]
}

/** Of files of one size, in colour before grey: those are a slide's planes, paths or versions. */
function preference(a: DicomInstance, b: DicomInstance): number {
  return b.samples.perPixel - a.samples.perPixel || Number(a.resampled) - Number(b.resampled)
}

function isUsable(level: DicomInstance, above: DicomInstance, full: DicomInstance, log: Log): boolean {
  const reason = whyNot(level, above, full)
  if (reason) log('info', `A level of ${level.widthPx} x ${level.heightPx} pixels is left out: ${reason}.`)
  return reason === undefined
}

function whyNot(level: DicomInstance, above: DicomInstance, full: DicomInstance): string | undefined {
  if (level.widthPx >= above.widthPx || level.heightPx >= above.heightPx)
    return 'another one of that size is used (of several focal planes or optical paths, the first)'
  const [x, y] = [full.widthPx / level.widthPx, full.heightPx / level.heightPx]
  const rounding = 0.01 + 1 / level.widthPx + 1 / level.heightPx
  if (Math.abs(x / y - 1) > rounding) return 'it does not have the proportions of the slide'
  try {
    checkPixels(level)
    return undefined
  } catch (refusal) {
    return refusal instanceof Error ? refusal.message.replace(/\.$/, '') : 'it can not be read'
  }
}

function groupParts(volumes: readonly DicomInstance[]): LevelFiles[] {
  const groups = new Map<string, LevelFiles>()
  for (const [index, instance] of volumes.entries()) {
    const key = instance.concatenation?.uid ?? `${index}`
    const group = groups.get(key)
    groups.set(key, group ? [...group, instance] : [instance])
  }
  return [...groups.values()].map(inOrder)
}

/** Parts in the order of their frames. Throws `missing-part` where one lacks. */
function inOrder(files: LevelFiles): LevelFiles {
  const first = files[0].concatenation
  if (!first) return files
  const sorted = files.toSorted((a, b) => (a.concatenation?.firstFrame ?? 0) - (b.concatenation?.firstFrame ?? 0))
  const { widthPx, heightPx } = files[0]
  const numbers = new Set(files.map(({ concatenation }) => concatenation?.part))
  const parts = first.parts ?? Math.max(...files.map(({ concatenation }) => concatenation?.part ?? 1))
  for (let part = 1; part <= parts; part++)
    if (!numbers.has(part))
      throw seriesLacks(`part ${part} of ${parts} of the level of ${widthPx} x ${heightPx} pixels`)
  const [head, ...rest] = sorted
  return head ? [head, ...rest] : files
}
