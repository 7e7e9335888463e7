import { acceptsKind, kindOfProfile, type Profile } from '../shared/domain/profiles.ts'
import type { Converter, SourceFile } from './converter.ts'
import { wrongKind } from './failures.ts'
import type { ImageContent } from './image/content.ts'
import { imageConverter } from './image/image-converter.ts'
import type { Content } from './probe/recognise.ts'
import type { SlideContent } from './slide/content.ts'
import { pictureAsSlide } from './slide/readers/libvips/libvips-reader.ts'
import { slideConverter } from './slide/slide-converter.ts'
import { videoConverter } from './video/video-converter.ts'

/** Does something with a converter and content that belong together, whatever their type. */
export type WithConverter<T> = <Found>(converter: Converter<Found>, content: Found) => Promise<T>

/** The converter that a file's own kind has. */
export function withConverterOf<T>(content: Content, use: WithConverter<T>): Promise<T> {
  switch (content.kind) {
    case 'slide':
      return use(slideConverter, content)
    case 'image':
      return use(imageConverter, content)
    case 'video':
      return use(videoConverter, content)
  }
}

/** The converter that runs `profile` on what was found; throws `wrong-kind` if they don't go together. */
export function withConverterFor<T>(
  source: SourceFile,
  content: Content,
  { name }: Profile,
  use: WithConverter<T>
): Promise<T> {
  const wanted = kindOfProfile(name)
  if (!acceptsKind(name, content.kind))
    throw wrongKind(
      `The file is of kind ${content.kind} (${content.format}); profile ${name} takes another kind (${wanted}).`,
      `Choose a profile of kind ${content.kind}.`
    )
  return withConverterOf(wanted === 'slide' && content.kind === 'image' ? asSlide(source, content) : content, use)
}

function asSlide({ path }: SourceFile, { format, widthPx, heightPx, properties, icc }: ImageContent): SlideContent {
  const slide = pictureAsSlide({ path, format, widthPx, heightPx, oriented: true, ...(icc && { icc }) })
  // The orientation may have turned the sides: a scale of which they differ is nobody's then.
  return properties?.mppY === undefined ? { ...slide, ...(properties && { properties }) } : slide
}
