import { expect, it } from 'vitest'
import { iiifSource, zoomifySource } from './tile-source.ts'

it('serves an IIIF image from where it lies, whatever its id says', () => {
  const info = { protocol: 'http://iiif.io/api/image', id: 'https://example.com/iiif/slide', width: 640, tiles: [] }
  expect(iiifSource(JSON.stringify(info), 'http://127.0.0.1:80/results/1/iiif/')).toEqual({
    ...info,
    id: 'http://127.0.0.1:80/results/1/iiif'
  })
})

it('refuses what is no IIIF image', () => {
  expect(() => iiifSource('{"id": "x"}', '/')).toThrow()
  expect(() => iiifSource('<html>', '/')).toThrow()
})

it('reads the sizes that Zoomify names', () => {
  const xml = '<IMAGE_PROPERTIES WIDTH="640" HEIGHT="481" NUMTILES="9" NUMIMAGES="1" VERSION="1.8" TILESIZE="256"/>'
  expect(zoomifySource(xml, '/results/1/zoomify/')).toMatchObject({ width: 640, height: 481, tileSize: 256 })
  expect(() => zoomifySource('<IMAGE_PROPERTIES WIDTH="640"/>', '/')).toThrow('HEIGHT')
})
