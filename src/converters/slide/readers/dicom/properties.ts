import type { DataSet } from 'dicom-parser'
import type { SlideProperties } from '../../properties/scale.ts'
import { tag } from './attributes.ts'
import { decimalsOf, itemsOf } from './data-set.ts'

/** A glass is 26 x 76 mm: a pixel of more than a millimetre, or of less than an atom, is a mistake. */
const plausibleMpp = { min: 0.001, max: 1000 }

/** µm per pixel and the objective's magnification, as an instance states them for its own size. */
export function scaleOf(
  data: DataSet,
  firstFrame: DataSet | undefined,
  { widthPx, heightPx }: { widthPx: number; heightPx: number }
): SlideProperties {
  const shared = itemsOf(data, tag.sharedGroups)[0]
  const measures = itemsOf(shared, tag.measures)[0] ?? itemsOf(firstFrame, tag.measures)[0]
  // Rows first: the distance from a row to the next one is the vertical one (PS3.3, 10.7.1.3).
  const [yMm, xMm] = decimalsOf(measures, tag.spacing)
  const mpp =
    plausible(1000 * (xMm ?? Number.NaN)) ?? plausible((1000 * (data.float(tag.volumeWidthMm) ?? 0)) / widthPx)
  const mppY =
    plausible(1000 * (yMm ?? Number.NaN)) ?? plausible((1000 * (data.float(tag.volumeHeightMm) ?? 0)) / heightPx)
  const power = itemsOf(data, tag.opticalPaths).flatMap((path) => decimalsOf(path, tag.objectivePower))[0]
  return {
    ...(mpp !== undefined && { mpp }),
    ...(mpp !== undefined && mppY !== undefined && mppY !== mpp && { mppY }),
    ...(power !== undefined && power > 0 && power < 1000 && { magnification: power })
  }
}

function plausible(mpp: number): number | undefined {
  // Decimal millimetres times 1000 show what binary can't hold: 0.00025 mm is 0.25 µm, not 0.25000000000000006.
  const rounded = Number(mpp.toPrecision(12))
  return rounded >= plausibleMpp.min && rounded <= plausibleMpp.max ? rounded : undefined
}

/** The ICC profile of the first optical path; a copy, so that the head's bytes can go. */
export function iccOf(data: DataSet): Buffer | undefined {
  for (const holder of [...itemsOf(data, tag.opticalPaths), data]) {
    const element = holder.elements[tag.icc]
    if (!element || element.length < 128) continue
    return Buffer.from(holder.byteArray.subarray(element.dataOffset, element.dataOffset + element.length))
  }
  return undefined
}
