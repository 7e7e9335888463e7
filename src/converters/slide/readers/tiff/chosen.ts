import { planesOf } from './ome.ts'
import { isPictureOfGlass, type SlidePages } from './slide-pages.ts'

/** Which of several pictures of one size the slide is, for people; undefined where it is the only one. */
export function chosenOf({ vendor, description, pages, main }: SlidePages): string | undefined {
  const planes = vendor === 'ome' ? planesOf(description) : undefined
  if (planes !== undefined) return planes
  const alike = pages.filter(
    (page) =>
      page === main ||
      (page.subPage === undefined &&
        page.widthPx === main.widthPx &&
        page.heightPx === main.heightPx &&
        !isPictureOfGlass(page))
  )
  return alike.length > 1 ? `${alike[0] === main ? 'first' : 'one'} of ${alike.length} pages of its size` : undefined
}
