import { join } from 'node:path'
import { expect, it } from 'vitest'
import { fileInPyramid, sidecarOfPyramid } from './folder-pyramid.ts'

const iiif = join('/out', 'case 12.5_iiif')
const zoomify = join('/out', 'a_zoomify')

it('finds descriptors and tiles in a IIIF and in a Zoomify folder', () => {
  expect(fileInPyramid(iiif, 'iiif/info.json')).toBe(join(iiif, 'info.json'))
  expect(fileInPyramid(iiif, 'iiif/0,512,256,128/256,128/0/default.jpg')).toBe(
    join(iiif, '0,512,256,128', '256,128', '0', 'default.jpg')
  )
  expect(fileInPyramid(iiif, 'iiif/full/max/0/default.jpg')).toBe(join(iiif, 'full', 'max', '0', 'default.jpg'))
  expect(fileInPyramid(zoomify, 'zoomify/ImageProperties.xml')).toBe(join(zoomify, 'ImageProperties.xml'))
  expect(fileInPyramid(zoomify, 'zoomify/TileGroup1/5-10-3.jpg')).toBe(join(zoomify, 'TileGroup1', '5-10-3.jpg'))
})

it('gives no other file away, nor one of another format', () => {
  for (const name of ['iiif/../a.json', 'iiif/full/max/0/../../x', 'iiif/', 'zoomify/TileGroup0/../../../etc/passwd'])
    expect(fileInPyramid(iiif, name)).toBeUndefined()
  expect(fileInPyramid(zoomify, 'iiif/info.json')).toBeUndefined()
  expect(fileInPyramid(join('/out', 'a.dzi'), 'iiif/info.json')).toBeUndefined()
})

it('knows the sidecar beside the folder by the name of the result', () => {
  expect(sidecarOfPyramid(iiif)).toBe(join('/out', 'case 12.5.json'))
  expect(sidecarOfPyramid(join('/out', 'a.dzi'))).toBeUndefined()
})
