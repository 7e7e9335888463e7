import type { Sidecar } from '../../sidecar.ts'

/** The SZI specification's scan-properties.xml (V1.2, 3.4) with what a viewer needs for its scale, and nothing else. */
export function scanPropertiesXml({ widthPx, heightPx, mpp, mppY, magnification }: Sidecar): string {
  const y = mppY ?? mpp
  const properties = {
    ImageWidth: widthPx,
    ImageHeight: heightPx,
    ...(mpp !== undefined &&
      y !== undefined && { MicronsPerPixel: (mpp + y) / 2, MicronsPerPixelX: mpp, MicronsPerPixelY: y }),
    ...(magnification !== undefined && { ObjectiveMagnification: magnification })
  }
  const lines = Object.entries(properties).map(
    ([name, value]) => `    <property><name>${name}</name><value>${value}</value></property>`
  )
  return `<?xml version="1.0" encoding="UTF-8"?>
<image xmlns="http://www.pathozoom.com/szi" version="1.0">
  <properties>
${lines.join('\n')}
  </properties>
</image>
`
}
