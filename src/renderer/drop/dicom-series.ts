import { parseDicom } from 'dicom-parser'
import type { DicomSeriesFile } from '../../shared/domain/upload-groups.ts'

/** The level's size comes before colour profile, frames and pixels. */
const headBytes = 2 ** 18
const imageType = 'x00080008'
const seriesUid = 'x0020000e'
const totalColumns = 'x00480006'
const totalRows = 'x00480007'
/** Third value of the image type (DICOM PS3.3, C.8.12.4.1.1). */
const besideTheSlide = ['LABEL', 'OVERVIEW', 'LOCALIZER', 'THUMBNAIL']

/** The series that a DICOM file says it is of; undefined where it can't be read: its converter says why. */
export async function readSeries(file: File): Promise<DicomSeriesFile | undefined> {
  const bytes = new Uint8Array(await file.slice(0, headBytes).arrayBuffer())
  try {
    const head = parseDicom(bytes, { untilTag: totalRows })
    const uid = head.string(seriesUid)
    if (uid === undefined) return undefined
    const isLevel = !besideTheSlide.includes(head.string(imageType, 2) ?? '')
    return { uid, isLevel, widthPx: head.uint32(totalColumns) ?? 0 }
  } catch {
    return undefined
  }
}
