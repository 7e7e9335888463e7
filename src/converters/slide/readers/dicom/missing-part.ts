import { missingPart } from '../../../failures.ts'

/** A series that can't be converted because one of its files isn't there; `what` names it, without words of the slide. */
export function seriesLacks(what: string) {
  return missingPart(
    `The DICOM series lacks ${what}.`,
    'Drop the folder that holds all files of the series, or convert one of its files alone.'
  )
}
