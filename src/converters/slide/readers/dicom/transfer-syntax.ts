/** How a DICOM file holds its pixels. */
export interface TransferSyntax {
  /** As people read it. */
  name: string
  /** Absent where we don't decode it. */
  pixels?: 'native' | 'jpeg' | 'jpeg2000'
  /** Attributes carry no types of their own. */
  implicit?: boolean
  /** Not even the attributes can be read: their bytes are swapped or deflated. */
  opaque?: boolean
}

/** DICOM PS3.6, table A-1; those that somebody has written a slide in, or might. */
const known: Record<string, TransferSyntax> = {
  '1.2.840.10008.1.2': { name: 'Implicit VR Little Endian', pixels: 'native', implicit: true },
  '1.2.840.10008.1.2.1': { name: 'Explicit VR Little Endian', pixels: 'native' },
  '1.2.840.10008.1.2.1.98': { name: 'Encapsulated Uncompressed' },
  '1.2.840.10008.1.2.1.99': { name: 'Deflated Explicit VR Little Endian', opaque: true },
  '1.2.840.10008.1.2.2': { name: 'Explicit VR Big Endian', opaque: true },
  '1.2.840.10008.1.2.4.50': { name: 'JPEG Baseline', pixels: 'jpeg' },
  '1.2.840.10008.1.2.4.51': { name: 'JPEG Extended', pixels: 'jpeg' },
  '1.2.840.10008.1.2.4.57': { name: 'JPEG Lossless' },
  '1.2.840.10008.1.2.4.70': { name: 'JPEG Lossless' },
  '1.2.840.10008.1.2.4.80': { name: 'JPEG-LS Lossless' },
  '1.2.840.10008.1.2.4.81': { name: 'JPEG-LS Near-Lossless' },
  '1.2.840.10008.1.2.4.90': { name: 'JPEG 2000 Lossless', pixels: 'jpeg2000' },
  '1.2.840.10008.1.2.4.91': { name: 'JPEG 2000', pixels: 'jpeg2000' },
  '1.2.840.10008.1.2.4.92': { name: 'JPEG 2000 Part 2 Lossless' },
  '1.2.840.10008.1.2.4.93': { name: 'JPEG 2000 Part 2' },
  '1.2.840.10008.1.2.4.110': { name: 'JPEG XL Lossless' },
  '1.2.840.10008.1.2.4.111': { name: 'JPEG XL JPEG Recompression' },
  '1.2.840.10008.1.2.4.112': { name: 'JPEG XL' },
  '1.2.840.10008.1.2.4.201': { name: 'High-Throughput JPEG 2000 Lossless' },
  '1.2.840.10008.1.2.4.202': { name: 'High-Throughput JPEG 2000 RPCL Lossless' },
  '1.2.840.10008.1.2.4.203': { name: 'High-Throughput JPEG 2000' },
  '1.2.840.10008.1.2.5': { name: 'RLE Lossless' },
  '1.2.840.10008.1.2.8.1': { name: 'Deflated Image Frame Compression' }
}

/** What a UID of a transfer syntax stands for; one that we don't know is named by its number, if it is one. */
export function transferSyntaxOf(uid: string): TransferSyntax {
  return known[uid] ?? { name: /^[0-9.]{1,64}$/.test(uid) ? uid : 'none that DICOM has' }
}
