import type { ResultFacts } from '../../sink.ts'

/** The SZI specification's scan-properties.xml (V1.2, 3.4) with what a viewer needs for its scale, and nothing else. */
export function scanPropertiesXml(
  { widthPx, heightPx }: { widthPx: number; heightPx: number },
  { mpp, mppY = mpp, magnification }: ResultFacts
): string {
  const properties = {
    ImageWidth: widthPx,
    ImageHeight: heightPx,
    ...(mpp !== undefined &&
      mppY !== undefined && { MicronsPerPixel: (mpp + mppY) / 2, MicronsPerPixelX: mpp, MicronsPerPixelY: mppY }),
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
