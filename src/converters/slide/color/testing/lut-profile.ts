/** What a made profile holds. */
export interface ProfilePlan {
  /** Power that linearises the device's values. */
  gamma?: number
  /** Text of the profile's description. */
  description?: string
  /** Leaves out the table of the relative colorimetric intent. */
  perceptualOnly?: boolean
  /** Bytes of padding, to make it large. */
  paddingBytes?: number
}

const gridPoints = 9

/**
 * A scanner profile (ICC 2.4) of tables, as no library here writes one: its perceptual table is darker and greyer than
 * its relative colorimetric one, so that a converter that mixes up intents is found out.
 */
export function lutProfile({
  gamma = 1.8,
  description = 'Scanner RGB',
  perceptualOnly = false,
  paddingBytes = 0
}: ProfilePlan = {}): Buffer {
  const relative = (r: number, g: number, b: number) => labOf(r ** gamma, g ** gamma, b ** gamma)
  const perceptual = (r: number, g: number, b: number): Lab => {
    const [l, a, bb] = relative(r, g, b)
    return [l * 0.8, a * 0.5, bb * 0.5]
  }
  return profile([
    ['desc', textDescription(description)],
    ['cprt', Buffer.from('text\0\0\0\0none\0')],
    ['wtpt', xyz(0.9642, 1, 0.8249)],
    ['A2B0', lut16(perceptual)],
    ...(perceptualOnly ? [] : ([['A2B1', lut16(relative)]] as const)),
    ...(paddingBytes > 0 ? ([['padd', Buffer.alloc(paddingBytes, 'data')]] as const) : [])
  ])
}

type Lab = readonly [number, number, number]

/** From linear sRGB to Lab under D50 (sRGB's primaries, Bradford-adapted). */
function labOf(r: number, g: number, b: number): Lab {
  const x = (0.4360747 * r + 0.3850649 * g + 0.1430804 * b) / 0.9642
  const y = 0.2225045 * r + 0.7168786 * g + 0.0606169 * b
  const z = (0.0139322 * r + 0.0971045 * g + 0.7141733 * b) / 0.8249
  const f = (t: number) => (t > 216 / 24389 ? Math.cbrt(t) : ((24389 / 27) * t + 16) / 116)
  return [116 * f(y) - 16, 500 * (f(x) - f(y)), 200 * (f(y) - f(z))]
}

function lut16(colour: (r: number, g: number, b: number) => Lab): Buffer {
  const values: number[] = []
  const step = gridPoints - 1
  for (let r = 0; r <= step; r++)
    for (let g = 0; g <= step; g++)
      for (let b = 0; b <= step; b++) values.push(...encodedLab(colour(r / step, g / step, b / step)))
  const curves = [0, 65535, 0, 65535, 0, 65535]
  const identity = [65536, 0, 0, 0, 65536, 0, 0, 0, 65536].flatMap((value) => [value >>> 16, value & 65535])
  const head = Buffer.concat([Buffer.from('mft2\0\0\0\0'), Buffer.from([3, 3, gridPoints, 0])])
  return Buffer.concat([head, shorts([...identity, 2, 2, ...curves, ...values, ...curves])])
}

/** ICC 2's 16-bit Lab: 100 is FF00, 0 is 8000. */
const encodedLab = ([l, a, b]: Lab) =>
  [(l / 100) * 65280, (a + 128) * 256, (b + 128) * 256].map((value) => Math.min(65535, Math.max(0, Math.round(value))))

function shorts(values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2)
  for (const [i, value] of values.entries()) bytes.writeUInt16BE(value, i * 2)
  return bytes
}

function xyz(...values: number[]): Buffer {
  const bytes = Buffer.alloc(20)
  bytes.write('XYZ ')
  for (const [i, value] of values.entries()) bytes.writeInt32BE(Math.round(value * 65536), 8 + i * 4)
  return bytes
}

function textDescription(text: string): Buffer {
  const bytes = Buffer.alloc(12 + text.length + 1 + 78)
  bytes.write('desc')
  bytes.writeUInt32BE(text.length + 1, 8)
  bytes.write(text, 12, 'latin1')
  return bytes
}

function profile(tags: (readonly [string, Buffer])[]): Buffer {
  const header = Buffer.alloc(128)
  header.writeUInt32BE(0x02400000, 8)
  header.write('scnrRGB Lab ', 12)
  header.write('acsp', 36)
  for (const [i, value] of [0.9642, 1, 0.8249].entries()) header.writeInt32BE(Math.round(value * 65536), 68 + i * 4)
  const table = Buffer.alloc(4 + tags.length * 12)
  table.writeUInt32BE(tags.length)
  const bodies: Buffer[] = []
  let at = header.length + table.length
  for (const [i, [name, body]] of tags.entries()) {
    table.write(name, 4 + i * 12)
    table.writeUInt32BE(at, 8 + i * 12)
    table.writeUInt32BE(body.length, 12 + i * 12)
    const padded = Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)])
    bodies.push(padded)
    at += padded.length
  }
  header.writeUInt32BE(at)
  return Buffer.concat([header, table, ...bodies])
}
