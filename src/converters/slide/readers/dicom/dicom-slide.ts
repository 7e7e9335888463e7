import { relative, sep } from 'node:path'
import type { Log } from '../../../converter.ts'
import type { OpenContext, SlideContent } from '../../content.ts'
import type { SlideSource, SourceLevel } from '../../source.ts'
import { associatedIn } from './associated.ts'
import { type DicomBytes, openBytes } from './dicom-file.ts'
import { openLevel } from './dicom-level.ts'
import { FrameDecoder } from './frame-decoder.ts'
import type { OpenPart } from './frame-grid.ts'
import { IdentifyingWords } from './identifying.ts'
import type { DicomInstance } from './instance.ts'
import { type LevelFiles, levelsOf } from './levels.ts'

/** What the files of one series say of their slide. Throws `missing-part` and errors of pixels that aren't converted. */
export function describeSlide(instances: readonly DicomInstance[], folder: string | undefined, log: Log): SlideContent {
  const levels = levelsOf(instances, log)
  const [main] = levels[0]
  const square = main.tileWidthPx === main.tileHeightPx
  const chosen = chosenOf(main, instances)
  if (chosen !== undefined) log('warn', `Of its pictures one is converted: ${chosen}.`)
  return {
    kind: 'slide',
    format: 'DICOM WSI',
    reader: 'dicom',
    widthPx: main.widthPx,
    heightPx: main.heightPx,
    levels: levels.map(([{ widthPx, heightPx }]) => ({ widthPx, heightPx })),
    ...(square && { tileSizePx: main.tileWidthPx }),
    copyable: main.samples.syntax.pixels === 'jpeg',
    properties: { ...instances.find(hasMagnification)?.properties, ...main.properties },
    ...(chosen !== undefined && { chosen }),
    ...(main.icc && { icc: main.icc }),
    identifying: wordsIn(instances),
    associated: associatedIn(instances),
    ...(folder !== undefined && { parts: partsIn(folder, instances, levels) }),
    open: (context) => openSlide(levels, context)
  }
}

/** Which picture of several of the full size it is: of planes and paths in one file, of files (a level in parts counts once). */
function chosenOf(main: DicomInstance, instances: readonly DicomInstance[]): string | undefined {
  const { focalPlanes, opticalPaths, widthPx, heightPx } = main
  const ofSize = instances.filter(
    (one) => one.role === 'volume' && one.widthPx === widthPx && one.heightPx === heightPx
  )
  const files = new Set(ofSize.map(({ concatenation, path }) => concatenation?.uid ?? path)).size
  const words = [
    ...(focalPlanes > 1 ? [`first of ${focalPlanes} focal planes`] : []),
    ...(opticalPaths > 1 ? [`first of ${opticalPaths} optical paths`] : []),
    ...(files > 1 ? [`one of ${files} files of its size`] : [])
  ]
  return words.length > 0 ? words.join(', ') : undefined
}

const hasMagnification = ({ role, properties }: DicomInstance) =>
  role === 'volume' && properties.magnification !== undefined

function wordsIn(instances: readonly DicomInstance[]) {
  const all = new IdentifyingWords()
  for (const { identifying } of instances) for (const word of identifying) all.add(word)
  return all.words
}

/** The files of a series: the first of `instances` where it is of the full level, then that level's others, then the rest. */
export function partsIn(
  folder: string,
  instances: readonly DicomInstance[],
  levels: readonly LevelFiles[]
): NonNullable<SlideContent['parts']> {
  const [first] = instances
  const main = first && levels[0]?.includes(first) ? [first] : []
  const ordered = new Set([...main, ...levels.flat(), ...instances])
  return [...ordered].map(({ path, sizeBytes }) => ({
    path: relative(folder, path).split(sep).join('/'),
    sizeBytes
  }))
}

async function openSlide(levels: readonly LevelFiles[], { threads, signal }: OpenContext): Promise<SlideSource> {
  const decoder = new FrameDecoder(threads)
  const files: DicomBytes[] = []
  const close = async () => {
    await decoder.close()
    await Promise.all(files.splice(0).map((file) => file.close()))
  }
  try {
    const opened: SourceLevel[] = []
    for (const level of levels) {
      signal.throwIfAborted()
      opened.push(await openLevel(await openParts(level, files), decoder))
    }
    return { levels: opened, background: '#ffffff', close }
  } catch (error) {
    await close()
    throw error
  }
}

async function openParts([first, ...rest]: LevelFiles, files: DicomBytes[]): Promise<[OpenPart, ...OpenPart[]]> {
  const open = async (instance: DicomInstance): Promise<OpenPart> => {
    const file = await openBytes(instance.path)
    files.push(file)
    return { instance, file, firstFrame: instance.concatenation?.firstFrame ?? 0 }
  }
  const parts: [OpenPart, ...OpenPart[]] = [await open(first)]
  for (const instance of rest) parts.push(await open(instance))
  return parts
}
