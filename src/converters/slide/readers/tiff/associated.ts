import sharp from 'sharp'
import { damaged, reasonOf } from '../../../failures.ts'
import type { AssociatedImage } from '../../content.ts'
import { philipsPicture } from './philips.ts'
import type { SlidePages } from './slide-pages.ts'

/** The pictures of the glass in a TIFF: pages, or (Philips) JPEGs in the first page's XML. */
export function associatedImages(path: string, { associated, vendor, description }: SlidePages): AssociatedImage[] {
  const inPages = associated.map(({ name, page: { page, subPage } }): AssociatedImage => {
    const options = { page, ...(subPage !== undefined && { tiff: { subifd: subPage } }) }
    return { name, toJpeg: () => asJpeg(path, options) }
  })
  const inXml = vendor === 'philips' ? philipsImages(description) : []
  return [...inPages, ...inXml.filter(({ name }) => !inPages.some((other) => other.name === name))]
}

function philipsImages(description: string): AssociatedImage[] {
  const images = [
    { name: 'label' as const, jpeg: philipsPicture(description, 'LABELIMAGE') },
    { name: 'macro' as const, jpeg: philipsPicture(description, 'MACROIMAGE') }
  ]
  return images.flatMap(({ name, jpeg }) => (jpeg ? [{ name, toJpeg: () => asJpeg(jpeg, {}) }] : []))
}

/** Encoded anew, so that nothing but pixels comes along. */
async function asJpeg(input: string | Buffer, options: { page?: number; tiff?: { subifd: number } }): Promise<Buffer> {
  try {
    return await sharp(input, { ...options, failOn: 'error' })
      .jpeg({ quality: 90 })
      .toBuffer()
  } catch (error) {
    throw damaged(
      `A picture beside the slide can't be read: ${reasonOf(error, typeof input === 'string' ? [input] : [])}.`,
      'Copy the slide again from where it was made.',
      error
    )
  }
}
