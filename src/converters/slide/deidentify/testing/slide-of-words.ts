import sharp from 'sharp'
import { buildTiff, dataOffset, type PagePlan, type TagValue } from '../../../testing/build-tiff.ts'
import { withIcc } from '../../color/embed-icc.ts'
import { lutProfile } from '../../color/testing/lut-profile.ts'

/** Every word that stands in {@link slideOfWords}. */
export const patientWords = [
  'SURNAME',
  'GIVENNAME',
  'CASE-0001',
  '1950-01-31',
  '2024:03:05',
  '03/05/24',
  '09:59:15',
  'tech-7-user',
  'SS1302X',
  'PATHLAB-PC-12',
  'Wing B, room 17',
  'comment-in-a-tile',
  'artist-in-a-tile'
]

const description = (size: string) =>
  [
    `Aperio Image Library v11.2.1\r\n${size} [0,0 ${size}] (240x240) JPEG/YCC Q=80`,
    'AppMag = 20|MPP = 0.4990|ScanScope ID = SS1302X|Filename = CASE-0001 SURNAME GIVENNAME',
    'Title = SURNAME^GIVENNAME 1950-01-31|Date = 03/05/24|Time = 09:59:15|User = tech-7-user|Rack = Wing B, room 17'
  ].join('|')

/** TIFF's own tags with words: DocumentName, Make, Software, DateTime, Artist, HostComputer, XMP, Copyright. */
const tagsOfWords: Record<number, TagValue> = {
  269: 'CASE-0001 SURNAME',
  271: 'Scanner SS1302X',
  305: 'Aperio Image Library v11.2.1 on PATHLAB-PC-12',
  306: '2024:03:05 09:59:15',
  315: 'tech-7-user',
  316: 'PATHLAB-PC-12',
  700: Buffer.from('<x:xmpmeta xmlns:x="adobe:ns:meta/"><dc:title>SURNAME^GIVENNAME</dc:title></x:xmpmeta>'),
  33432: 'Wing B, room 17'
}

const tilePx = 240

/**
 * An Aperio slide of 700 x 500 px (levels 4x apart; thumbnail, label, macro) with a patient's words wherever a file can
 * carry them: descriptions, TIFF tags, XMP, the ICC profile, comments and EXIF inside of the tiles.
 */
export async function slideOfWords(): Promise<Buffer> {
  const data = new Blobs()
  const pages: PagePlan[] = [
    await tiledPage(data, 700, 500, description('700x500')),
    await stripPage(data, 256, 183, `${description('700x500')} -> 256x183 - thumbnail`, 0),
    await tiledPage(data, 175, 125, description('700x500 -> 175x125')),
    await stripPage(data, 320, 280, 'Aperio Image Library v11.2.1 \nlabel 320x280', 1),
    await stripPage(data, 640, 240, 'Aperio Image Library v11.2.1 \nmacro 640x240', 9)
  ]
  return buildTiff(pages, { big: true, data: data.bytes })
}

class Blobs {
  readonly #parts: Buffer[] = []
  #size = dataOffset(true)

  /** Its place in the file. */
  add(bytes: Buffer): number {
    const at = this.#size
    this.#parts.push(bytes)
    this.#size += bytes.length
    return at
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#parts)
  }
}

async function tiledPage(data: Blobs, widthPx: number, heightPx: number, about: string): Promise<PagePlan> {
  const tiles: Buffer[] = []
  for (let y = 0; y < heightPx; y += tilePx) for (let x = 0; x < widthPx; x += tilePx) tiles.push(await tile(x, y))
  const tags = {
    ...pictureTags(widthPx, heightPx, about),
    259: [7],
    262: [6],
    322: [tilePx],
    323: [tilePx],
    324: tiles.map((bytes) => data.add(bytes)),
    325: tiles.map(({ length }) => length),
    530: [2, 2],
    34675: lutProfile({ description: 'calibration of SS1302X' })
  }
  return { tags }
}

/** With a comment and EXIF in it, as some scanners leave them. */
async function tile(x: number, y: number): Promise<Buffer> {
  const pixels = Buffer.alloc(tilePx * tilePx * 3)
  for (let i = 0; i < pixels.length; i++) pixels[i] = 150 + 60 * Math.sin((x + y + i) / 211) + (i % 5)
  const jpeg = await sharp(pixels, { raw: { width: tilePx, height: tilePx, channels: 3 } })
    .withExif({ IFD0: { Artist: 'artist-in-a-tile', Copyright: 'SURNAME' } })
    .jpeg()
    .toBuffer()
  const text = Buffer.from('comment-in-a-tile of GIVENNAME')
  const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, text.length + 2]), text])
  return withIcc(Buffer.concat([jpeg.subarray(0, 2), comment, jpeg.subarray(2)]), lutProfile())
}

async function stripPage(data: Blobs, widthPx: number, heightPx: number, about: string, subfile: number) {
  const background = { r: 40 + subfile * 20, g: 90, b: 160 }
  const pixels = await sharp({ create: { width: widthPx, height: heightPx, channels: 3, background } })
    .raw()
    .toBuffer()
  const tags = {
    ...pictureTags(widthPx, heightPx, about),
    254: [subfile],
    259: [1],
    262: [2],
    273: [data.add(pixels)],
    278: [heightPx],
    279: [pixels.length]
  }
  return { tags }
}

const pictureTags = (widthPx: number, heightPx: number, about: string): Record<number, TagValue> => ({
  ...tagsOfWords,
  256: [widthPx],
  257: [heightPx],
  258: [8, 8, 8],
  270: about,
  277: [3],
  284: [1]
})
