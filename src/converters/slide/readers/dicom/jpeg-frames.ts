import { jpegHeader, jpegSegments } from '../../pixels/jpeg-header.ts'
import type { JpegTiles } from '../../source.ts'

const marker = { jfif: 0xe0, adobe: 0xee }
/** Adobe's APP14 (version 100, no flags) with transform 0: three components as they stand. */
const asTheyStand = Buffer.from([0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, 0])
const startOfImage = Buffer.from([0xff, 0xd8])

/** What the JPEG of one frame says of all. */
export interface FrameStream {
  widthPx: number
  heightPx: number
  components: number
  bits: number
  /** Baseline or extended sequential, of 8 bits: every viewer reads it. */
  copyable: boolean
  /** JFIF, Adobe's marker or the components' names say what the colours are, and decoders go by them. */
  color: 'rgb' | 'ycbcr' | 'unsaid'
}

/** Looks at a frame's head; undefined where it is no JPEG. */
export function frameStream(bytes: Buffer): FrameStream | undefined {
  const header = jpegHeader(bytes)
  if (!header) return undefined
  const { widthPx, heightPx, components, bits, process, frameOffset } = header
  const copyable = process <= 1 && bits === 8 && (components === 3 || components === 1)
  return { widthPx, heightPx, components, bits, copyable, color: colorOf(bytes, frameOffset) }
}

/**
 * What libjpeg goes by, in its order. Writers of slides often get Photometric Interpretation wrong and rarely the
 * stream, so it decides only where the stream says nothing; nobody subsamples red and blue.
 */
function colorOf(bytes: Buffer, frameOffset: number): FrameStream['color'] {
  for (const { code, offset, lengthBytes } of jpegSegments(bytes)) {
    const name = bytes.toString('latin1', offset + 4, offset + 9)
    if (code === marker.jfif && name === 'JFIF\0') return 'ycbcr'
    if (code === marker.adobe && name === 'Adobe' && lengthBytes >= 16)
      return bytes[offset + 15] === 0 ? 'rgb' : 'ycbcr'
  }
  const component = (index: number) => [...bytes.subarray(frameOffset + 10 + index * 3, frameOffset + 13 + index * 3)]
  const [first, second, third] = [component(0), component(1), component(2)]
  if (String.fromCharCode(first[0] ?? 0, second[0] ?? 0, third[0] ?? 0) === 'RGB') return 'rgb'
  return first[1] === second[1] && second[1] === third[1] ? 'unsaid' : 'ycbcr'
}

/** How frames become files of their own: as they are, or with the marker that their writer left out. */
export function jpegTiles({ color, components }: FrameStream, photometric: string): JpegTiles {
  const needsMarker = components === 3 && color === 'unsaid' && photometric === 'RGB'
  const rgb = components === 3 && (needsMarker || color === 'rgb')
  return { rgb, complete: (bytes) => (needsMarker ? withMarker(bytes) : bytes) }
}

function withMarker(bytes: Buffer): Buffer {
  return Buffer.concat([startOfImage, asTheyStand, bytes.subarray(2)])
}
