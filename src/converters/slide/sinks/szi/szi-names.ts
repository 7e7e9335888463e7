import type { Geometry } from '../../pyramid/geometry.ts'
import { dziNames } from '../dzi/dzi-names.ts'
import type { TileNames } from '../tile-names.ts'
import { scanPropertiesXml } from './scan-properties.ts'

/** An SZI has one root folder named like its image; ours is the same in all, so it never tells a file's name. */
const root = 'slide'

/** A Deep Zoom pyramid and `scan-properties.xml` in one folder (SZI specification V1.2). */
export function sziNames(geometry: Geometry): TileNames {
  const dzi = dziNames(geometry, `${root}/${root}`)
  return {
    ...dzi,
    descriptors: async (about, read) => [
      ...(await dzi.descriptors(about, read)),
      { path: `${root}/scan-properties.xml`, bytes: Buffer.from(scanPropertiesXml(geometry, about)) }
    ]
  }
}
