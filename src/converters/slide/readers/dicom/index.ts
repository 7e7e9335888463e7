import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Log } from '../../../converter.ts'
import { notRecognised } from '../../../failures.ts'
import type { SlideContent } from '../../content.ts'
import { wholeSlideClass } from './attributes.ts'
import { readable } from './dicom-file.ts'
import { describeSlide, partsIn } from './dicom-slide.ts'
import { classOf, type DicomInstance, readInstance } from './instance.ts'
import { seriesLacks } from './missing-part.ts'
import { seriesIn } from './series.ts'
import { seriesOfFile } from './series-of-file.ts'

/**
 * Looks at one DICOM file, with what lies beside the full level of a series, or at a folder that is one series of whole slide images; undefined if it is no DICOM, or a
 * folder of none or of several series. Throws errors of class `input`: `missing-part`, `damaged`,
 * `unsupported-compression`, `too-large`, and `not-recognised` for a DICOM file that is no slide.
 */
export async function readDicomSlide(path: string, log: Log = () => {}): Promise<SlideContent | undefined> {
  if (!(await readable(() => stat(path))).isDirectory()) return slideInFile(path, log)
  const [series, ...others] = await seriesIn(path)
  return series && others.length === 0 ? describeSlide(series, path, log) : undefined
}

/** A series in a folder: its files as in {@link SlideContent}, the largest level's first. */
export interface DicomSeries {
  parts: NonNullable<SlideContent['parts']>
}

/** The series of whole slide images in a folder and those below it; several can be offered one by one. */
export async function findDicomSeries(folder: string): Promise<DicomSeries[]> {
  const bySize = (a: DicomInstance, b: DicomInstance) => rank(b) - rank(a)
  return (await seriesIn(folder)).map((series) => ({ parts: partsIn(folder, series.toSorted(bySize), []) }))
}

const rank = ({ role, widthPx, heightPx }: DicomInstance) => (role === 'volume' ? widthPx * heightPx : 0)

async function slideInFile(path: string, log: Log): Promise<SlideContent | undefined> {
  const sopClass = await classOf(path)
  if (sopClass === undefined) return undefined
  const instance = sopClass === '' || sopClass === wholeSlideClass ? await readInstance(path) : undefined
  if (!instance) throw noSlide(sopClass)
  if (instance.role !== 'volume') throw seriesLacks(`the slide itself: this file is its ${instance.role}`)
  const beside = await seriesOfFile(instance, log)
  return beside.length === 0 ? describeSlide([instance], undefined, log) : slideOfSeries(instance, beside, log)
}

/** A file that is whole by itself needs nothing of what should lie beside it. */
function slideOfSeries(main: DicomInstance, beside: DicomInstance[], log: Log): SlideContent {
  try {
    return describeSlide([main, ...beside], dirname(main.path), log)
  } catch (error) {
    if (main.concatenation) throw error
    log('warn', `Of a series of ${beside.length + 1} files one is converted, because others are incomplete.`)
    return describeSlide([main], undefined, log)
  }
}

function noSlide(sopClass: string) {
  const named = /^[0-9.]{1,64}$/.test(sopClass) ? `its class is ${sopClass}` : 'it does not say what it is'
  return notRecognised(
    `The DICOM file is no whole slide image: ${named}.`,
    `Slides are of class ${wholeSlideClass} (VL Whole Slide Microscopy Image).`
  )
}
