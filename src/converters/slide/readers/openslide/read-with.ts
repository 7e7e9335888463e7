import { damaged, toolMissing } from '../../../failures.ts'
import type { SlideContent } from '../../content.ts'
import { asTheTiffSays } from './as-the-tiff-says.ts'
import { companionParts } from './companion-parts.ts'
import { howToInstall } from './how-to-install.ts'
import type { OpenSlideLibrary } from './library.ts'
import { openContent } from './open-content.ts'
import { formatName, type ScannerFormat, scannerFormat } from './scanner-format.ts'

/** OpenSlide's name for a TIFF of tiles that is no scanner's. */
const genericTiff = 'generic-tiff'

/** `library` is asked for only where the content may be OpenSlide's: loading it takes time and memory. */
export async function readWith(
  library: () => OpenSlideLibrary | undefined,
  path: string
): Promise<SlideContent | undefined> {
  const parts = await companionParts(path)
  const looks = await scannerFormat(path)
  if (!looks) return undefined
  const found = library()
  if (!found) return missing(looks)
  const vendor = await found.detectVendor(path)
  if (vendor === null) return unknown(looks, found)
  const content = await openContent(found, path, formatName(vendor, looks.name))
  if (vendor === genericTiff) return asTheTiffSays(content, path)
  return { ...content, ...(parts && { parts }) }
}

function missing({ name, since }: ScannerFormat): undefined {
  if (name === undefined) return undefined
  throw toolMissing(
    `This is a slide of format ${name}, which needs OpenSlide${since ? ` ${since}` : ''}; it is not installed here.`,
    howToInstall(process.platform, since)
  )
}

function unknown({ name, since }: ScannerFormat, { version }: OpenSlideLibrary): undefined {
  if (name === undefined) return undefined
  if (since !== undefined && Number.parseFloat(version) < Number.parseFloat(since))
    throw toolMissing(
      `This is a slide of format ${name}, which needs OpenSlide ${since}; ${version} is installed here.`,
      howToInstall(process.platform, since)
    )
  throw damaged(
    `The file looks like ${name}, but OpenSlide ${version} doesn't recognise it.`,
    'Copy it again with all its files from where it was made; if it still fails, try a newer OpenSlide.'
  )
}
