import { openslideVersion } from '../index.ts'

/** OpenSlide of this machine, or undefined with the reason on stderr. */
export const openSlideHere = openslideVersion(process.env.MICROTOME_OPENSLIDE_PATH)
if (!openSlideHere) process.stderr.write('tests with OpenSlide are left out: its library was not found\n')
