/** A DICOM attribute for tests: `tag` as hex digits, text, numbers by its type, bytes, or the items of a sequence. */
export type Attribute = [tag: string, vr: string, value: string | number | number[] | Buffer | Attribute[][]]

/** How attributes are written. */
export interface Encoding {
  implicit: boolean
  /** Sequences and items end with delimiters instead of having a length. */
  delimited: boolean
}

const undefinedLength = 0xffffffff
const longTypes = new Set(['OB', 'OW', 'OV', 'SQ', 'UC', 'UN', 'UR', 'UT'])

/** Attributes in the order of their tags, as bytes (PS3.5, 7.1); of two with one tag the later counts. */
export function encodeAttributes(attributes: Attribute[], encoding: Encoding): Buffer {
  const last = new Map(attributes.map((attribute) => [attribute[0], attribute]))
  const sorted = [...last.values()].sort(([a], [b]) => (a < b ? -1 : 1))
  return Buffer.concat(sorted.map((attribute) => encodeAttribute(attribute, encoding)))
}

function encodeAttribute([tag, vr, value]: Attribute, encoding: Encoding): Buffer {
  const isSequence = vr === 'SQ' && Array.isArray(value)
  const bytes = isSequence ? encodeItems(value as Attribute[][], encoding) : encodeValue(vr, value)
  const length = isSequence && encoding.delimited ? undefinedLength : bytes.length
  return Buffer.concat([attributeHead(tag, vr, length, encoding.implicit), bytes])
}

/** Tag, type and length of an attribute. */
export function attributeHead(tag: string, vr: string, length: number, implicit: boolean): Buffer {
  const isLong = implicit || longTypes.has(vr)
  const head = Buffer.alloc(!implicit && isLong ? 12 : 8)
  head.writeUInt16LE(Number.parseInt(tag.slice(0, 4), 16), 0)
  head.writeUInt16LE(Number.parseInt(tag.slice(4), 16), 2)
  if (!implicit) head.write(vr, 4, 'latin1')
  if (isLong) head.writeUInt32LE(length, head.length - 4)
  else head.writeUInt16LE(length, 6)
  return head
}

function encodeItems(items: Attribute[][], encoding: Encoding): Buffer {
  const end = encoding.delimited ? [itemHead(0xe0dd, 0)] : []
  return Buffer.concat([...items.map((item) => encodeItem(item, encoding)), ...end])
}

function encodeItem(attributes: Attribute[], encoding: Encoding): Buffer {
  const bytes = encodeAttributes(attributes, encoding)
  return encoding.delimited
    ? Buffer.concat([itemHead(0xe000, undefinedLength), bytes, itemHead(0xe00d, 0)])
    : Buffer.concat([itemHead(0xe000, bytes.length), bytes])
}

/** The head of an item (`e000`) or of a delimiter (`e00d`, `e0dd`). */
export function itemHead(element: number, length: number): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt16LE(0xfffe, 0)
  head.writeUInt16LE(element, 2)
  head.writeUInt32LE(length, 4)
  return head
}

function encodeValue(vr: string, value: Attribute[2]): Buffer {
  if (Buffer.isBuffer(value)) return even(value, 0)
  if (typeof value === 'string') return even(Buffer.from(value, 'utf8'), vr === 'UI' ? 0 : 32)
  return Buffer.concat([value].flat(2).map((number) => encodeNumber(vr, number as number)))
}

function encodeNumber(vr: string, value: number): Buffer {
  const bytes = Buffer.alloc(vr === 'US' ? 2 : 4)
  if (vr === 'US') bytes.writeUInt16LE(value)
  else if (vr === 'SL') bytes.writeInt32LE(value)
  else if (vr === 'FL') bytes.writeFloatLE(value)
  else bytes.writeUInt32LE(value)
  return bytes
}

/** Values have an even length (PS3.5, 7.1.1). */
export function even(bytes: Buffer, padding: number): Buffer {
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from([padding])])
}
