import { randomUUID } from 'node:crypto'
import { access, mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'

const name = 'Sample slide.tif'

/**
 * The path of the sample slide in `dir`, made by `make` where it is not there yet. It appears whole: an earlier try of it may be
 * read by a job at this moment.
 */
export async function sampleSlide(dir: string, make: (path: string) => Promise<void>): Promise<string> {
  const path = join(dir, name)
  const isThere = await access(path).then(
    () => true,
    () => false
  )
  if (isThere) return path
  await mkdir(dir, { recursive: true })
  const fresh = join(dir, `.${randomUUID()}.tif`)
  await make(fresh)
  await rename(fresh, path)
  return path
}
