import type { AssociatedImage, IdentifyingWord, SlideContent } from '../content.ts'
import type { NamedBytes } from '../sink.ts'

/** What stands beside a result whose de-identification was turned off. */
export interface KeptIdentity {
  /** The pictures' files, such as `result_label.jpeg`. */
  files: NamedBytes[]
  /** For the sidecar. */
  identifying: IdentifyingWord[]
  /** Pictures that are damaged in the source. */
  damaged: AssociatedImage['name'][]
}

/**
 * Label, macro and thumbnail as files `result_<name>.jpeg` that stand beside the result, never in a pyramid or its
 * archive; of several pictures of one name the first. Only for `deidentify=false`.
 */
export async function keepIdentifying({
  identifying,
  associated
}: Pick<SlideContent, 'identifying' | 'associated'>): Promise<KeptIdentity> {
  const kept: KeptIdentity = { files: [], identifying, damaged: [] }
  for (const picture of firstOfEachName(associated)) {
    const bytes = await jpegOf(picture)
    if (bytes) kept.files.push({ path: `result_${picture.name}.jpeg`, bytes })
    else kept.damaged.push(picture.name)
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
  } catch {
    return undefined
  }
}
