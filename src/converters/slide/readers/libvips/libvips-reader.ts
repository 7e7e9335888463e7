import sharp, { type Sharp } from 'sharp'
import type { SourceFile } from '../../../converter.ts'
import type { PageRef, SlideContent } from '../../content.ts'

/** Its name in the sidecar. */
export const readerName = 'libvips'

/** Pixels of level 0, read once from top to bottom; size limits were checked when the slide was recognised. */
export function openMain(source: SourceFile, { main, oriented }: SlideContent): Sharp {
  return open(source, main, oriented)
}

/** Pixels of the small version. */
export function openPreview(source: SourceFile, { preview, oriented }: SlideContent): Sharp {
  return open(source, preview, oriented)
}

function open({ path }: SourceFile, { page, subPage }: PageRef, oriented: boolean): Sharp {
  return sharp(path, {
    page,
    ...(subPage !== undefined && { tiff: { subifd: subPage } }),
    limitInputPixels: false,
    sequentialRead: true,
    failOn: 'error',
    autoOrient: oriented
  })
}
