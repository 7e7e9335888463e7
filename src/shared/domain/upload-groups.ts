/** A file that a browser is about to send. `path`: as it lay in the dropped folder, with `/`; its name alone where it was dropped alone. */
export interface UploadCandidate {
  path: string
  sizeBytes: number
  /** The file says `DICM` at byte 128. */
  isDicom: boolean
  /** Of a DICOM file: the series that it says it is of. */
  series?: DicomSeriesFile | undefined
  /** Of a Hamamatsu `.vms` or `.vmu`: its text. */
  index?: string | undefined
}

/** What a DICOM file says of its place in a series. `isLevel`: of the slide itself, not a picture beside it. */
export interface DicomSeriesFile {
  uid: string
  isLevel: boolean
  /** Of the whole level; 0 where it isn't said. */
  widthPx: number
}

/** Files that are sent as one upload: one slide of several files, or one file. `name` and the paths are what `uploads.create` takes. */
export interface UploadGroup<T extends UploadCandidate> {
  name: string
  files: { path: string; file: T }[]
}

const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/') + 1)
const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1)
const indexEnding = /\.(vms|vmu)$/i
const miraxEnding = /\.mrxs$/i

/**
 * Which of a drop's files belong together: an `.mrxs` and the folder of its name, a `.vms` or `.vmu` and the images that it lists, the
 * DICOM files of one folder, or of one series where a folder holds several. Every other file is a group of its own. Whether a group is a whole slide its look tells.
 */
export function uploadGroups<T extends UploadCandidate>(files: readonly T[]): UploadGroup<T>[] {
  const left = new Set(files)
  const groups: UploadGroup<T>[] = []
  const take = (name: string, folder: string, members: T[]) => {
    for (const file of members) left.delete(file)
    groups.push({ name, files: members.map((file) => ({ path: file.path.slice(folder.length), file })) })
  }
  for (const main of files.filter(({ path }) => miraxEnding.test(path))) {
    const data = main.path.replace(miraxEnding, '/').toLowerCase()
    take(nameOf(main.path), folderOf(main.path), [
      main,
      ...[...left].filter(({ path }) => path.toLowerCase().startsWith(data))
    ])
  }
  for (const main of files.filter(({ path }) => indexEnding.test(path))) {
    const folder = folderOf(main.path)
    const listed = new Set((main.index ?? '').split(/\r?\n/).map((line) => line.slice(line.indexOf('=') + 1).trim()))
    const beside = [...left].filter(({ path }) => folderOf(path) === folder && listed.has(nameOf(path)))
    take(nameOf(main.path), folder, [main, ...beside.filter((file) => file !== main)])
  }
  for (const folder of new Set([...left].filter(({ isDicom }) => isDicom).map(({ path }) => folderOf(path)))) {
    const files = [...left].filter(({ path, isDicom }) => isDicom && folderOf(path) === folder)
    if (files.length === 1) continue
    // Dropped without a folder they have no name in common, and two slides are two uploads.
    if (folder === '' || levelsBySeries(files).size > 1)
      for (const slide of slidesOf(files)) take(nameOf(slide[0].path), folder, slide)
    else take(nameOf(folder.slice(0, -1)), folderOf(folder.slice(0, -1)), files)
  }
  for (const file of left) groups.push({ name: nameOf(file.path), files: [{ path: nameOf(file.path), file }] })
  return groups
}

function levelsBySeries<T extends UploadCandidate>(files: readonly T[]): Map<string, T[]> {
  const levels = files.filter(({ series }) => series?.isLevel)
  return Map.groupBy(levels, ({ series }) => series?.uid ?? '')
}

/** Of each series with several files those files, its largest level first. */
function slidesOf<T extends UploadCandidate>(files: readonly T[]): [T, ...T[]][] {
  return [...levelsBySeries(files)].flatMap(([uid, levels]): [T, ...T[]][] => {
    const [main] = levels.toSorted((a, b) => widthOf(b) - widthOf(a) || b.sizeBytes - a.sizeBytes)
    const others = files.filter((file) => file.series?.uid === uid && file !== main)
    return main && others.length > 0 ? [[main, ...others]] : []
  })
}

const widthOf = ({ series }: UploadCandidate) => series?.widthPx ?? 0
