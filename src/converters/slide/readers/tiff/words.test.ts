import sharp from 'sharp'
import { expect, test } from 'vitest'
import { buildTiledTiff, repeatedTileSlide } from '../../../testing/build-tiff.ts'
import { aperioProperties, aperioWords } from './aperio.ts'
import { omeProperties } from './ome.ts'
import { flatSlide, strips, tiled } from './testing/flat-slide.ts'
import { lookAt, withLevels } from './testing/open-tiff.ts'
import { asSharp, picture } from './testing/picture.ts'
import { isOneGrid } from './ventana.ts'
import { xmlElements } from './xml.ts'

async function look(bytes: Buffer) {
  await using file = await lookAt(bytes)
  return file.slide
}
const wordsOf = async (bytes: Buffer) => (await look(bytes))?.identifying.map(({ tag, value }) => `${tag} = ${value}`)

test('Aperio: scale and objective are read wherever they stand among the words', () => {
  expect(aperioProperties('Aperio\r\n1x1 Q=30|MPP = 0.2520')).toEqual({ mpp: 0.252 })
  expect(aperioProperties('Aperio\r\n1x1|AppMag=40|MPP=0.25|Title = x')).toEqual({ mpp: 0.25, magnification: 40 })
})

test('Aperio: words that only contain the key, and values that no microscope has, are left alone', () => {
  expect(aperioProperties('Aperio\r\n1x1|OldMPP = 0.3|Title = MPP = 0.4')).toEqual({})
  expect(aperioProperties('Aperio\r\n1x1|MPP = 0|AppMag = 0')).toEqual({})
  expect(aperioProperties('Aperio\r\n1x1|MPP = abc|AppMag = 100000')).toEqual({})
})

test('Aperio: every word that is no geometry identifies, by its key', () => {
  const words = aperioWords(
    'Aperio Image Library v12.0.15 \r\n46000x32914 [0,100 46000x32914] (256x256) JPEG/RGB Q=30;case 12 of B|AppMag = 20|MPP = 0.25|Filename = case 12|Title = left = right|Left = 25.7|Gamma = by hand|some words'
  )
  expect(words.map(({ tag, value }) => `${tag} = ${value}`)).toEqual([
    'ImageDescription = case 12 of B',
    'ImageDescription: Filename = case 12',
    'ImageDescription: Title = left = right',
    'ImageDescription: Gamma = by hand',
    'ImageDescription: text = some words'
  ])
})

test('Aperio: a key that its software has not is a word of the slide, so no tag repeats it', () => {
  expect(aperioWords('Aperio v1\r\n1x1|AppMag = 20|Doe Jane = 1950')).toEqual([
    { tag: 'ImageDescription: another key', value: 'Doe Jane' },
    { tag: 'ImageDescription: another key', value: '1950' }
  ])
})

test('OME: units are brought to µm, whichever µ they use', () => {
  expect(omeProperties('<Pixels PhysicalSizeX="0.5" PhysicalSizeY="0.25"/>')).toEqual({ mpp: 0.5, mppY: 0.25 })
  expect(omeProperties('<OME:Pixels PhysicalSizeX="0.5" PhysicalSizeXUnit="&#181;m"/>')).toEqual({ mpp: 0.5 })
  expect(omeProperties('<Pixels PhysicalSizeX="0.5" PhysicalSizeXUnit="&#xb5;m"/>')).toEqual({ mpp: 0.5 })
  expect(omeProperties('<Pixels PhysicalSizeX="0.5" PhysicalSizeXUnit="\u03bcm"/>')).toEqual({ mpp: 0.5 })
  expect(omeProperties('<Pixels PhysicalSizeX="5" PhysicalSizeXUnit="pixel"/>')).toEqual({})
  expect(omeProperties('no xml at all')).toEqual({})
})

test('OME: names, people, dates and annotations identify, geometry and optics do not', async () => {
  const ome = `<?xml version="1.0"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" UUID="urn:uuid:1">
    <Experimenter ID="Experimenter:0" FirstName="first" LastName="last" Email="somebody@lab"/>
    <Instrument ID="Instrument:0"><Objective ID="O:0" Model="UPlan" NominalMagnification="20" LensNA="0.8"/></Instrument>
    <Image ID="Image:0" Name="case &amp; 12"><AcquisitionDate>2024-02-03T04:05:06</AcquisitionDate>
    <Pixels ID="Pixels:0" DimensionOrder="XYCZT" Type="uint8" SizeX="500" SizeY="500" SizeZ="1" SizeC="3" SizeT="1" BigEndian="false"><TiffData IFD="0"/></Pixels></Image></OME>`
  expect(await wordsOf(flatSlide([tiled(500, 500, { 270: ome })]))).toEqual([
    'ImageDescription: OME UUID = urn:uuid:1',
    'ImageDescription: Experimenter FirstName = first',
    'ImageDescription: Experimenter LastName = last',
    'ImageDescription: Experimenter Email = somebody@lab',
    'ImageDescription: Objective Model = UPlan',
    'ImageDescription: Image Name = case & 12',
    'ImageDescription: AcquisitionDate = 2024-02-03T04:05:06'
  ])
})

test('every text tag of every page identifies, each word once', async () => {
  const tags = {
    305: 'Scanner 1.0',
    306: '2024:02:03 04:05:06',
    315: 'operator 7',
    316: 'PC-7',
    65001: 'case 12 again',
    271: ''
  }
  const words = await wordsOf(
    flatSlide([
      tiled(500, 500, { ...tags, 270: 'level=0 mag=40 quality=95', 34665: [8] }),
      strips(90, 80, {
        254: [1],
        270: 'label of case 12',
        315: 'operator 7',
        700: Buffer.from('<x:xmpmeta>case 12</x:xmpmeta>')
      })
    ])
  )
  expect(words).toEqual([
    'Software = Scanner 1.0',
    'DateTime = 2024:02:03 04:05:06',
    'Artist = operator 7',
    'HostComputer = PC-7',
    'EXIF = 1 values',
    'Tag 65001 = case 12 again',
    'ImageDescription = label of case 12',
    'XMP = <x:xmpmeta>case 12</x:xmpmeta>'
  ])
})

test('a slide without words has none to remove', async () => {
  expect(await wordsOf(repeatedTileSlide(300, 300))).toEqual([])
})

const philips = (label: string, levels = [0.25, 0.5, 1]) => {
  const attribute = (name: string, text: string) =>
    `<Attribute Name="${name}" Group="0x0028" Element="0x0030" PMSVR="IString">${text}</Attribute>`
  const level = (spacing: number) =>
    `<DataObject ObjectType="PixelDataRepresentation">${attribute('DICOM_PIXEL_SPACING', `&quot;${spacing}&quot; &quot;${spacing}&quot;`)}</DataObject>`
  const scanned = (...inside: string[]) => `<DataObject ObjectType="DPScannedImage">${inside.join('')}</DataObject>`
  return `<?xml version="1.0" encoding="UTF-8" ?><DataObject ObjectType="DPUfsImport">${attribute('DICOM_MANUFACTURER', 'PHILIPS')}${attribute('DICOM_ACQUISITION_DATETIME', '20160718122300.000000')}
    <Attribute Name="PIM_DP_SCANNED_IMAGES"><Array>
    ${scanned(
      attribute('DICOM_DERIVATION_DESCRIPTION', 'tiff-useBigTIFF=1-clip=2-levels=10003,10002,10000'),
      attribute('DICOM_PIXEL_SPACING', '"0.000247746" "0.000226891"'),
      `<Attribute Name="PIIM_PIXEL_DATA_REPRESENTATION_SEQUENCE"><Array>${levels.map((um) => level(um / 1000)).join('')}</Array></Attribute>`,
      attribute('PIM_DP_IMAGE_TYPE', 'WSI')
    )}
    ${scanned(attribute('PIM_DP_IMAGE_DATA', label), attribute('PIM_DP_IMAGE_TYPE', 'LABELIMAGE'))}
    </Array></Attribute></DataObject>`
}

test('Philips: padded sizes of levels are set right by the pixel sizes; the label is in the XML', async () => {
  const label = await asSharp(picture(40, 30)).jpeg().toBuffer()
  await using file = await lookAt(
    flatSlide([
      tiled(1536, 1024, { 270: philips(label.toString('base64')), 305: 'Philips DP v1.0' }),
      tiled(1024, 512, { 254: [1] }),
      tiled(512, 512, { 254: [1] }),
      strips(300, 200, { 254: [1], 270: 'Macro' })
    ])
  )
  const { slide } = file
  expect(slide).toMatchObject({ format: 'Philips TIFF', properties: { mpp: 0.226891, mppY: 0.247746 } })
  expect(slide?.levels.map(({ widthPx, heightPx }) => [widthPx, heightPx])).toEqual([
    [1536, 1024],
    [768, 512],
    [384, 256]
  ])
  expect(slide?.associated.map(({ name }) => name)).toEqual(['macro', 'label'])
  expect(await sharp(await slide?.associated[1]?.toJpeg()).metadata()).toMatchObject({
    width: 40,
    height: 30,
    format: 'jpeg'
  })
  await expect(slide?.associated[0]?.toJpeg()).rejects.toMatchObject({ code: 'damaged' })
  expect(slide?.identifying.map(({ tag }) => tag)).toEqual([
    'ImageDescription: DICOM_MANUFACTURER',
    'ImageDescription: DICOM_ACQUISITION_DATETIME',
    'ImageDescription: DICOM_DERIVATION_DESCRIPTION',
    'Software'
  ])
})

test('Philips: the tiles of a level whose page is padded are found by the columns of the page', async () => {
  const page = (widthPx: number, heightPx: number, first: number) => ({
    widthPx,
    heightPx,
    tileWidthPx: 64,
    tiles: Array.from({ length: (widthPx * heightPx) / 64 ** 2 }, (_, i) => Buffer.alloc(64 * 64 * 3, first + i))
  })
  const full = { ...page(384, 256, 0), tags: { 270: philips('', [0.25, 0.5]) } }
  await using file = await lookAt(buildTiledTiff([full, page(256, 128, 100)]))
  await withLevels(file.slide, async ({ levels: [, half] }) => {
    expect([half?.widthPx, half?.heightPx]).toEqual([192, 128])
    const tiles = (await half?.readTiles(1, 0, 3)) ?? []
    expect(tiles.map(({ bytes }) => bytes?.[0])).toEqual([104, 105, 106])
  })
})

test('Philips: where the pixel sizes are not those of the pages only the full level is read', async () => {
  const slide = await look(flatSlide([tiled(1536, 1024, { 270: philips('', [0.25]) }), tiled(1024, 512)]))
  expect(slide?.levels).toEqual([{ widthPx: 1536, heightPx: 1024 }])
})

const area = (overlap: number) =>
  `<ImageInfo AOIScanned="1" Width="1024" Height="1360" NumRows="2" NumCols="2"><TileJointInfo FlagJoined="1" Confidence="98" Direction="RIGHT" Tile1="1" Tile2="2" OverlapX="${overlap}" OverlapY="0"/></ImageInfo>`
const joints = (overlap: number, areas = 1, origin = 0) =>
  `<EncodeInfo><SlideStitchInfo>${area(overlap).repeat(areas)}<ImageInfo AOIScanned="0"/></SlideStitchInfo><AoiOrigin><AOI0 OriginX="${origin}" OriginY="0"/></AoiOrigin></EncodeInfo>`
const scan =
  '<iScan Magnification="40" ScanRes="0.25" Z-layers="1" UnitNumber="2000123" UserName="operator 7" BuildDate="Jan 1 2015" Mode="1"/>'

test('Ventana: tiles that form one grid are read, with the scale of the scan', async () => {
  const slide = await look(
    flatSlide([
      strips(300, 900, { 270: 'Label Image', 700: Buffer.from(scan) }),
      tiled(1024, 1360, { 270: 'level=0 mag=40 quality=95', 700: Buffer.from(joints(0)) }),
      tiled(512, 680, { 254: [1], 270: 'level=1 mag=20 quality=95' })
    ])
  )
  expect(slide).toMatchObject({
    format: 'Ventana BIF',
    properties: { mpp: 0.25, magnification: 40 },
    associated: [{ name: 'macro' }]
  })
  expect(slide?.levels).toHaveLength(2)
  expect(slide?.identifying.map(({ tag, value }) => `${tag} = ${value}`)).toEqual([
    'XMP: iScan UnitNumber = 2000123',
    'XMP: iScan UserName = operator 7',
    'XMP: iScan BuildDate = Jan 1 2015'
  ])
})

test('Ventana: tiles that overlap, several areas, areas off the origin and several planes are left to others', async () => {
  expect(isOneGrid(scan + joints(0))).toBe(true)
  expect(isOneGrid(scan + joints(12))).toBe(false)
  expect(isOneGrid(scan + joints(0, 2))).toBe(false)
  expect(isOneGrid(scan + joints(0, 1, 1024))).toBe(false)
  expect(isOneGrid(scan.replace('Z-layers="1"', 'Z-layers="3"') + joints(0))).toBe(false)
  const bytes = flatSlide([tiled(1024, 1360, { 700: Buffer.from(scan + joints(12)) })])
  expect(await look(bytes)).toBeUndefined()
})

test('XML that is broken or hostile gives what can be made out, at once', () => {
  const names = (xml: string) => [...xmlElements(xml)].map(({ name }) => name)
  expect(names('<a b="1"><c d=\'2\'/>text<e f=g></a>')).toEqual(['a', 'c'])
  expect([...xmlElements('<a:b c="&lt;&#65;&#x42;&unknown;&#99999999;">x &amp; y</a:b>')][0]).toMatchObject({
    name: 'b',
    attributes: new Map([['c', '<AB&unknown;&#99999999;']]),
    text: 'x & y'
  })
  // Three million groups overflowed the stack of the regular expression.
  expect(names(`<a ${'b="1" '.repeat(3_000_000)}`)).toEqual([])
  expect(names('<a>'.repeat(1_000_000))).toHaveLength(400_000)
  expect(names('<a b="'.repeat(100_000))).toEqual([])
  expect(names(`<a ${' '.repeat(1_000_000)}`)).toEqual([])
  expect(names(`<${'a'.repeat(1_000_000)}`)).toEqual([])
})
