import sharp from 'sharp'
import { type JpegSegment, jpegSegments } from '../../pixels/jpeg-header.ts'
import type { PageColour } from './tile-stream.ts'

/** The quality of tiles that must be coded once more; there are few, and they lose as little as may be. */
const quality = 95
/** Adobe's APP14 with transform 0: the components are what they are. */
const adobeRgb = Buffer.from('ffee000e41646f626500640000000000', 'hex')

/**
 * Codes a tile anew so that it fits among those of `colour`: no encoder at hand writes red, green and blue as they stand
 * or any sampling one likes. Each component is encoded as a grey picture, and their scans follow each other in one frame
 * (ITU T.81, A.2.2: non-interleaved order).
 */
export async function recode(jpeg: Buffer, colour: PageColour): Promise<Buffer> {
  const { data, info } = await sharp(jpeg)
    .toColourspace(colour.photometric === 1 ? 'b-w' : 'srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
  const { width, height } = info
  if (colour.photometric === 1) return greyJpeg(data, width, height)
  const planes = await Promise.all(
    [0, 1, 2].map((component) => plane(data, width, height, component, colour, info.channels))
  )
  return merge(planes, width, height, colour)
}

async function plane(
  rgb: Buffer,
  width: number,
  height: number,
  component: number,
  { photometric, samplingX, samplingY }: PageColour,
  channels: number
): Promise<Buffer> {
  const data = Buffer.alloc(width * height)
  for (let i = 0; i < data.length; i++) {
    const [r, g, b] = [rgb[i * channels] ?? 0, rgb[i * channels + 1] ?? 0, rgb[i * channels + 2] ?? 0]
    data[i] = photometric === 2 ? ([r, g, b][component] ?? 0) : yCbCr(r, g, b, component)
  }
  if (component === 0 || photometric === 2 || (samplingX === 1 && samplingY === 1)) return greyJpeg(data, width, height)
  const small = { width: Math.ceil(width / samplingX), height: Math.ceil(height / samplingY) }
  const shrunk = await sharp(data, { raw: { width, height, channels: 1 } })
    .resize(small.width, small.height, { fit: 'fill', kernel: 'linear' })
    .toColourspace('b-w')
    .raw()
    .toBuffer()
  return greyJpeg(shrunk, small.width, small.height)
}

/** JFIF's, from ITU-R BT.601. */
function yCbCr(r: number, g: number, b: number, component: number): number {
  const value = [
    0.299 * r + 0.587 * g + 0.114 * b,
    -0.168736 * r - 0.331264 * g + 0.5 * b + 128,
    0.5 * r - 0.418688 * g - 0.081312 * b + 128
  ][component]
  return Math.max(0, Math.min(255, Math.round(value ?? 0)))
}

function greyJpeg(data: Buffer, width: number, height: number): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels: 1 } })
    .toColourspace('b-w')
    .jpeg({ quality })
    .toBuffer()
}

function merge(planes: Buffer[], width: number, height: number, colour: PageColour): Buffer {
  const frame = Buffer.from([0xff, 0xc0, 0, 17, 8, height >> 8, height & 255, width >> 8, width & 255, 3])
  const sampling = (component: number) =>
    component === 0 && colour.photometric === 6 ? (colour.samplingX << 4) | colour.samplingY : 0x11
  const components = planes.flatMap((_, i) => [i + 1, sampling(i), 0])
  const scans = planes.flatMap((grey, i) => [segmentsOf(grey, 0xc4), ...scanOf(grey, i + 1)])
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    ...(colour.photometric === 2 ? [adobeRgb] : []),
    segmentsOf(planes[0] ?? Buffer.alloc(0), 0xdb),
    frame,
    Buffer.from(components),
    ...scans,
    Buffer.from([0xff, 0xd9])
  ])
}

function segmentsOf(jpeg: Buffer, code: number): Buffer {
  return Buffer.concat(
    [...jpegSegments(jpeg)].filter((segment) => segment.code === code).map((one) => bytesOf(jpeg, one))
  )
}

function bytesOf(jpeg: Buffer, { offset, lengthBytes }: JpegSegment): Buffer {
  return jpeg.subarray(offset, offset + lengthBytes)
}

/** The header of a scan of one component and its coded pixels, up to EOI. */
function scanOf(grey: Buffer, component: number): Buffer[] {
  const scan = [...jpegSegments(grey)].at(-1)
  const from = scan ? scan.offset + scan.lengthBytes : grey.length
  return [Buffer.from([0xff, 0xda, 0, 8, 1, component, 0, 0, 63, 0]), grey.subarray(from, grey.length - 2)]
}
