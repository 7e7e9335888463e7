import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFailureOf } from '../../failures.ts'
import type { AssociatedImage, IdentifyingWord, SlideContent } from '../content.ts'

/** What stands beside a result whose de-identification was turned off. */
export interface KeptIdentity {
  /** Names of the pictures' files, such as `result_label.jpeg`. */
  files: string[]
  /** For the sidecar. */
  identifying: IdentifyingWord[]
  /** Pictures that are damaged in the source. */
  damaged: AssociatedImage['name'][]
}

/**
 * Writes label, macro and thumbnail as `result_<name>.jpeg` into `resultDir`, never into a pyramid or its archive; of
 * several pictures of one name the first. Only for `deidentify=false`. Throws where the disk doesn't take them.
 */
export async function keepIdentifying(
  { identifying, associated }: Pick<SlideContent, 'identifying' | 'associated'>,
  resultDir: string
): Promise<KeptIdentity> {
  const kept: KeptIdentity = { files: [], identifying, damaged: [] }
  for (const picture of firstOfEachName(associated)) {
    const file = `result_${picture.name}.jpeg`
    const jpeg = await jpegOf(picture)
    if (jpeg) {
      await writeFile(join(resultDir, file), jpeg)
      kept.files.push(file)
    } else kept.damaged.push(picture.name)
  }
  return kept
}

/** What a de-identified result leaves out: names of pictures and tags of words, never what they say, each once. */
export function removedFrom({ identifying, associated }: Pick<SlideContent, 'identifying' | 'associated'>): string[] {
  return [...new Set([...associated.map(({ name }) => name), ...identifying.map(({ tag }) => tag)])]
}

const firstOfEachName = (pictures: AssociatedImage[]) =>
  pictures.filter(({ name }, i) => pictures.findIndex((other) => other.name === name) === i)

/** A slide isn't refused for a broken picture of its label. */
async function jpegOf(picture: AssociatedImage): Promise<Buffer | undefined> {
  try {
    return await picture.toJpeg()
  } catch (error) {
    if (writeFailureOf(error)) throw error
    return undefined
  }
}
