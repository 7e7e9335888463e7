import fc from 'fast-check'
import { zipSync } from 'fflate'
import { expect, test } from 'vitest'
import { MicrotomeError } from '../../shared/errors.ts'
import { EntryNames, entryNameFault } from './entry-name.ts'
import { StoredZipReader } from './stored-zip-reader.ts'
import { storedZip, type ZipEntry } from './testing/stored-zip.ts'

const limits = { entries: 1000, totalBytes: 2 ** 30 }

/** Reads `bytes` in pieces that end at `cuts`; the entries with their bytes. */
function read(bytes: Buffer, cuts: number[] = [], within = limits): Map<string, string> {
  const found = new Map<string, string>()
  let name = ''
  let data: Buffer[] = []
  const reader = new StoredZipReader(within, {
    entry: (entryName) => {
      name = entryName
      data = []
    },
    data: (chunk) => void data.push(Buffer.from(chunk)),
    endEntry: () => {
      found.set(name, Buffer.concat(data).toString('base64'))
    }
  })
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)
  let from = 0
  for (const end of ends) {
    reader.push(bytes.subarray(from, end))
    from = end
  }
  reader.end()
  return found
}

const fileName = fc.stringMatching(/^[a-z0-9_]{1,12}$/).filter((name) => entryNameFault(name) === undefined)
const archive = fc.uniqueArray(
  fc.record({ name: fileName, data: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) }),
  { selector: (entry) => entry.name, maxLength: 12, minLength: 1 }
)

test('what was packed comes out again, however the stream is cut into pieces', () => {
  fc.assert(
    fc.property(archive, fc.array(fc.nat(), { maxLength: 30 }), (entries, cuts) => {
      expect(read(storedZip(entries), cuts)).toEqual(
        new Map(entries.map(({ name, data }) => [name, data.toString('base64')]))
      )
    })
  )
})

test('a stored zip of another writer is read too', () => {
  const bytes = zipSync(
    { 'result.dzi': Buffer.from('xml'), result_files: { '0': { '0_0.jpeg': Buffer.from('jpeg') } } },
    { level: 0 }
  )
  expect(read(Buffer.from(bytes), [40, 41, 42])).toEqual(
    new Map([
      ['result.dzi', Buffer.from('xml').toString('base64')],
      ['result_files/0/0_0.jpeg', Buffer.from('jpeg').toString('base64')]
    ])
  )
})

test.each<[string, ZipEntry[]]>([
  ['compressed', [{ name: 'a', data: Buffer.from('x'), method: 8 }]],
  ['encrypted', [{ name: 'a', data: Buffer.from('x'), flags: 1 }]],
  ['size beforehand', [{ name: 'a', data: Buffer.from('x'), flags: 8 }]],
  ['two sizes', [{ name: 'a', data: Buffer.from('x'), storedSize: 7 }]],
  [
    'occurs twice',
    [
      { name: 'A/tile', data: Buffer.from('x') },
      { name: 'a/TILE', data: Buffer.from('y') }
    ]
  ],
  [
    'occurs twice',
    [
      { name: 'caf\u00e9', data: Buffer.from('x') },
      { name: 'cafe\u0301', data: Buffer.from('y') }
    ]
  ],
  [
    'both a file and a folder',
    [
      { name: 'a', data: Buffer.from('x') },
      { name: 'a/b', data: Buffer.from('y') }
    ]
  ],
  ['absolute', [{ name: '/etc/passwd', data: Buffer.from('x') }]],
  ['..', [{ name: 'a/../../b', data: Buffer.from('x') }]],
  ['forbidden', [{ name: 'C:evil', data: Buffer.from('x') }]],
  ['forbidden', [{ name: '..\\evil', data: Buffer.from('x') }]],
  ['reserved', [{ name: 'a/Com1.txt', data: Buffer.from('x') }]]
])('an archive is refused, and the reason is given: %s', (reason, entries) => {
  expect(() => read(storedZip(entries))).toThrow(reason)
})

test('limits on entries and on bytes hold', () => {
  const entries = ['a', 'b', 'c'].map((name) => ({ name, data: Buffer.alloc(100) }))
  expect(() => read(storedZip(entries), [], { entries: 2, totalBytes: 1000 })).toThrow('more than 2 entries')
  expect(() => read(storedZip(entries), [], { entries: 9, totalBytes: 250 })).toThrow('larger than it was announced')
})

test('an archive that ends in the middle is refused', () => {
  const bytes = storedZip([{ name: 'a', data: Buffer.alloc(100) }])
  expect(() => read(bytes.subarray(0, 90))).toThrow('ends in the middle')
  expect(() => read(bytes.subarray(0, 20))).toThrow('ends in the middle')
})

test('an entry of more than 4 GiB is known by its zip64 size', () => {
  const header = Buffer.alloc(30 + 1 + 20)
  header.writeUInt32LE(0x04034b50, 0)
  header.writeUInt32LE(0xffffffff, 18)
  header.writeUInt32LE(0xffffffff, 22)
  header.writeUInt16LE(1, 26)
  header.writeUInt16LE(20, 28)
  header.write('a', 30)
  header.writeUInt16LE(1, 31)
  header.writeUInt16LE(16, 33)
  header.writeBigUInt64LE(5_000_000_000n, 35)
  header.writeBigUInt64LE(5_000_000_000n, 43)
  const sizes: number[] = []
  const reader = new StoredZipReader(
    { entries: 1, totalBytes: 6e9 },
    {
      entry: (_name, sizeBytes) => void sizes.push(sizeBytes),
      data: () => {},
      endEntry: () => {}
    }
  )
  reader.push(header)
  expect(sizes).toEqual([5_000_000_000])
})

test('arbitrary and damaged bytes end in an expected error or in sound names, never in anything else', () => {
  const damaged = fc
    .tuple(archive, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 }))
    .map(([entries, changes]) => {
      const bytes = storedZip(entries)
      for (const [at, value] of changes) bytes[at % bytes.length] = value
      return bytes
    })
  const anything = fc.oneof(
    damaged,
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes))
  )
  fc.assert(
    fc.property(anything, fc.array(fc.nat(), { maxLength: 5 }), (bytes, cuts) => {
      try {
        for (const name of read(bytes, cuts).keys()) expect(entryNameFault(name)).toBeUndefined()
      } catch (error) {
        expect(error).toBeInstanceOf(MicrotomeError)
      }
    }),
    { numRuns: 2000 }
  )
})

test('a name that is accepted stays inside the folder and means the same on every platform', () => {
  const hostile = fc.array(
    fc.constantFrom('..', '.', '/', '\\', 'C:', 'a', 'NUL', 'con.txt', ' ', '.', '\0', 'é', 'COM1', 'lpt9 '),
    { maxLength: 8 }
  )
  fc.assert(
    fc.property(
      fc.oneof(
        hostile.map((parts) => parts.join('')),
        fc.string({ unit: 'binary' })
      ),
      (name) => {
        if (entryNameFault(name) !== undefined) return
        const parts = name.split('/')
        expect(parts.every((part) => part !== '' && part !== '.' && part !== '..' && !/[\\:\0]/.test(part))).toBe(true)
        expect(parts.every((part) => !/^(con|nul|com1|lpt9)(\.|$)/i.test(part))).toBe(true)
        expect(() => new EntryNames().add(name)).not.toThrow()
      }
    ),
    { numRuns: 2000 }
  )
})
