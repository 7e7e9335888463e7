import { missingPart, notRecognised } from '../../../failures.ts'

/** A series that can't be converted because one of its files isn't there; `what` names it, without words of the slide. */
export function seriesLacks(what: string) {
  return missingPart(
    `The DICOM series lacks ${what}.`,
    'Drop the folder that holds all files of the series, or convert one of its files alone.'
  )
}

/** A folder of more than `most` files, of which nobody can say quickly what belongs together. */
export function tooManyFiles(most: number) {
  return notRecognised(
    `The folder holds more than ${most} files; a DICOM slide is put together from folders of up to ${most}.`,
    'Put the files of the slide into a folder of their own and drop that.'
  )
}
