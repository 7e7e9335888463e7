import { crc32 } from 'node:zlib'

/** An entry of {@link storedZip}; the flags and method make faulty ones. */
export interface ZipEntry {
  name: string
  data: Buffer
  flags?: number
  method?: number
  storedSize?: number
}

/** A stored zip with sizes in its local headers, as converters write it. */
export function storedZip(entries: ZipEntry[]): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const entry of entries) {
    const name = Buffer.from(entry.name)
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt16LE(entry.flags ?? 0x0800, 2)
    fields.writeUInt16LE(entry.method ?? 0, 4)
    fields.writeUInt32LE(crc32(entry.data), 10)
    fields.writeUInt32LE(entry.storedSize ?? entry.data.length, 14)
    fields.writeUInt32LE(entry.data.length, 18)
    fields.writeUInt16LE(name.length, 22)
    directory.push(signature(0x02014b50), Buffer.from([20, 0]), fields, Buffer.alloc(10), offset(at), name)
    parts.push(signature(0x04034b50), fields, name, entry.data)
    at += 30 + name.length + entry.data.length
  }
  const end = Buffer.alloc(18)
  end.writeUInt16LE(entries.length, 4)
  end.writeUInt16LE(entries.length, 6)
  end.writeUInt32LE(Buffer.concat(directory).length, 8)
  end.writeUInt32LE(at, 12)
  return Buffer.concat([...parts, ...directory, signature(0x06054b50), end])
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
const offset = signature
