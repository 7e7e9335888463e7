import { type DicomSeriesFile, type UploadCandidate, uploadGroups } from '../../shared/domain/upload-groups.ts'

/** A file of a browser. `path`: as it lay in the dropped folder, with `/`; its name alone where it was dropped alone. */
export interface DroppedFile {
  path: string
  file: File
}

/** What is sent as one upload: a file, or a slide of several files, one behind the other. */
export interface ToUpload {
  file: File
  /** The files that `file` is made of, in order, where it is made of several. */
  parts?: { path: string; sizeBytes: number }[]
}

/** A file of an input field, which knows its path where a folder was chosen. */
export function chosenFile(file: File): DroppedFile {
  return { path: file.webkitRelativePath || file.name, file }
}

/** Puts the files of slides that have several together; every other file stands for itself. */
export async function toUploads(files: readonly DroppedFile[]): Promise<ToUpload[]> {
  const candidates = await Promise.all(files.map(candidateOf))
  return uploadGroups(candidates).map(({ name, files: members }) => {
    const [first] = members
    if (first && members.length === 1) return { file: first.file.file }
    const parts = members.map(({ path, file }) => ({ path, sizeBytes: file.sizeBytes }))
    // Made of references: nothing is read before it is sent.
    return {
      file: new File(
        members.map(({ file }) => file.file),
        name
      ),
      parts
    }
  })
}

async function candidateOf({ path, file }: DroppedFile): Promise<UploadCandidate & DroppedFile> {
  const known = { path, file, sizeBytes: file.size }
  try {
    const index = /\.(vms|vmu)$/i.test(path) ? await file.slice(0, mostIndexBytes).text() : undefined
    const isDicom = mayBeDicom.test(path) && (await saysDicom(file))
    return { ...known, isDicom, index, series: isDicom ? await seriesOf(file) : undefined }
  } catch {
    // One that can't be read says so when it is sent.
    return { ...known, isDicom: false }
  }
}

const mostIndexBytes = 2 ** 20
/** Ends as DICOM files do, or without letters: only those are opened beforehand, not thousands of photos. */
const mayBeDicom = /(\.(dcm|dicom)|(^|\/)[^./]+|\.[^./a-z]+)$/i

/** Loaded with the first DICOM file only. */
async function seriesOf(file: File): Promise<DicomSeriesFile | undefined> {
  const { readSeries } = await import('./dicom-series.ts')
  return readSeries(file)
}

async function saysDicom(file: File): Promise<boolean> {
  return (await file.slice(128, 132).text()) === 'DICM'
}
