import { codesOf, type HuffmanCode, longestBits } from './huffman-code.ts'
import { type JpegHeader, jpegHeader, jpegSegments } from './jpeg-header.ts'

/** Codes of a block's first coefficient and of the others. */
interface BlockCodes {
  dc: HuffmanCode
  ac: HuffmanCode
}

/** What a scan says of itself: the blocks of one unit in order, units in all, units between restarts (0: none). */
interface Scan {
  start: number
  blocks: BlockCodes[]
  units: number
  restartUnits: number
}

const segment = { huffman: 0xc4, restart: 0xdd, scan: 0xda }
const blockPx = 8
/** Zeros behind the coded bytes, so that 16 bits can be looked at anywhere. */
const paddingBytes = 2

/**
 * What is wrong with the coded pixels of a JPEG, as a clause: a code that stands for nothing, bytes that belong to no block,
 * fewer than there are blocks. libvips misses the first two: libjpeg passes over such codes where it decodes fast, and tells of
 * bytes left over only when it is asked to finish. Undefined where nothing is, or for other than one Huffman-coded scan.
 */
export function scanFault(jpeg: Buffer): string | undefined {
  const scan = scanOf(jpeg)
  if (!scan) return undefined
  const { start, blocks, units, restartUnits } = scan
  const left = restartUnits === 0 ? units : units - restartUnits * (Math.ceil(units / restartUnits) - 1)
  const coded = lastStretch(jpeg, start)
  const usedBytes = Math.ceil(bitsOf(coded, blocks, left) / 8)
  const codedBytes = coded.length - paddingBytes
  if (usedBytes === codedBytes) return undefined
  if (Number.isNaN(usedBytes)) return 'its coded pixels hold a code that stands for nothing'
  if (usedBytes > codedBytes) return 'its coded pixels end too early'
  return `${codedBytes - usedBytes} bytes of its coded pixels belong to none`
}

/** The bits of so many units; NaN where a code is none, more than there are where the bytes end too early. */
function bitsOf(coded: Buffer, blocks: BlockCodes[], units: number): number {
  const endBit = (coded.length - paddingBytes) * 8
  let bit = 0
  for (let unit = 0; unit < units && bit <= endBit; unit++)
    for (const { dc, ac } of blocks) {
      const first = dc.find(next16(coded, bit))
      bit += (first >> 8) + (first & 255)
      if (first === 0) return noCode(bit, endBit)
      for (let k = 1; k < blockPx * blockPx; ) {
        const found = ac.find(next16(coded, bit))
        const [zeros, size] = [(found & 255) >> 4, found & 15]
        bit += (found >> 8) + size
        if (found === 0) return noCode(bit, endBit)
        if (size === 0 && zeros < 15) break
        k += zeros + 1
      }
    }
  return bit
}

/** At the end it may be the padding that is no code. */
const noCode = (bit: number, endBit: number) => (bit + longestBits > endBit ? endBit + 1 : Number.NaN)

function next16(coded: Buffer, bit: number): number {
  const at = bit >> 3
  const three = ((coded[at] ?? 0) << 16) | ((coded[at + 1] ?? 0) << 8) | (coded[at + 2] ?? 0)
  return (three >> (8 - (bit & 7))) & 0xffff
}

/** What is coded behind the last restart marker (libvips hears of faults before it), without the zeros behind each 0xff; padded. */
function lastStretch(jpeg: Buffer, start: number): Buffer {
  const coded = Buffer.alloc(jpeg.length - start + paddingBytes)
  let length = 0
  for (let at = start; at < jpeg.length; at++) {
    const byte = jpeg[at] ?? 0
    if (byte !== 0xff) coded[length++] = byte
    else {
      while (jpeg[at + 1] === 0xff) at++
      const behind = jpeg[++at] ?? 0
      if (behind === 0) coded[length++] = byte
      else if (behind >= 0xd0 && behind <= 0xd7) length = 0
      else break
    }
  }
  return coded.subarray(0, length + paddingBytes)
}

function scanOf(jpeg: Buffer): Scan | undefined {
  const head = jpegHeader(jpeg)
  const codes = new Map<number, HuffmanCode>()
  let restartUnits = 0
  for (const found of jpegSegments(jpeg)) {
    if (found.code === segment.huffman) for (const [id, code] of codesOf(jpeg, found)) codes.set(id, code)
    if (found.code === segment.restart) restartUnits = jpeg.readUInt16BE(found.offset + 4)
    if (found.code !== segment.scan) continue
    if (!head || head.process > 1 || jpeg[found.offset + 4] !== head.components) return undefined
    const blocks = blocksOf(jpeg, head, found.offset, codes)
    return blocks && { start: found.offset + found.lengthBytes, ...blocks, restartUnits }
  }
  return undefined
}

/** Components come in the frame's order in their only scan (ITU T.81, B.2.3). */
function blocksOf(jpeg: Buffer, head: JpegHeader, scanOffset: number, codes: Map<number, HuffmanCode>) {
  const { components, frameOffset, widthPx, heightPx } = head
  const sampling = Array.from({ length: components }, (_, i) => jpeg[frameOffset + 11 + 3 * i] ?? 0)
  // A lone component is not interleaved: its units are single blocks, whatever its sampling.
  const factors = components === 1 ? [0x11] : sampling
  const [across, down] = [Math.max(...factors.map((both) => both >> 4)), Math.max(...factors.map((both) => both & 15))]
  const units = Math.ceil(widthPx / (across * blockPx)) * Math.ceil(heightPx / (down * blockPx))
  const blocks: BlockCodes[] = []
  for (const [i, both] of factors.entries()) {
    const table = jpeg[scanOffset + 6 + 2 * i] ?? 0
    const [dc, ac] = [codes.get(table >> 4), codes.get(16 | (table & 15))]
    if (!dc || !ac || both === 0) return undefined
    for (let block = 0; block < (both >> 4) * (both & 15); block++) blocks.push({ dc, ac })
  }
  return { blocks, units }
}
