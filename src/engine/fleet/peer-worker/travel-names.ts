import { extname, join } from 'node:path'
import type { LentTask } from '../../scheduler/worker-port.ts'
import type { PackedFile } from '../../transfer/index.ts'

/** The files of a source under the names by which they travel; `main` is what the converter is given: a file, or the folder in it. */
export interface TravelNames {
  main: string
  files: PackedFile[]
}

/**
 * A worker learns no more of the names than the format needs: the main file is `source.<ending>`, the data folder of an MRXS `source`,
 * and the files of a DICOM series are numbered. Those that a Hamamatsu VMS lists keep theirs, because the list stands in the file.
 */
export function travelNames({ sourcePath, parts }: Pick<LentTask, 'sourcePath' | 'parts'>): TravelNames {
  const files = (parts?.files ?? []).map(({ path, sizeBytes }) => {
    return { name: path, path: join(parts?.dir ?? '', ...path.split('/')), sizeBytes }
  })
  const [first, ...others] = files
  if (!first) return { main: 'source', files }
  const ending = extname(first.name).toLowerCase()
  if (sourcePath === parts?.dir) return { main: 'source', files: files.map(numbered) }
  if (isDicomEnding(ending)) return { main: numbered(first, 0).name, files: files.map(numbered) }
  const main = `source${ending}`
  if (ending !== '.mrxs') return { main, files: [{ ...first, name: main }, ...others] }
  const inside = others.map((file) => ({ ...file, name: file.name.replace(/^[^/]*\//, 'source/') }))
  return { main, files: [{ ...first, name: main }, ...inside] }
}

/** Files of a series name each other by what stands in them. */
function numbered(file: PackedFile, index: number): PackedFile {
  return { ...file, name: `source/${String(index + 1).padStart(6, '0')}.dcm` }
}

const isDicomEnding = (ending: string) => /^(\.(dcm|dicom|ima|\d+))?$/.test(ending)
