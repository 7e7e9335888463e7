import { expect, it } from 'vitest'
import { toUploads } from './dropped-file.ts'

/** An attribute of explicit little endian; text is padded to an even length (DICOM PS3.5, 7.1.2). */
function attribute(group: number, element: number, type: 'UI' | 'CS' | 'UL', value: string | number): Buffer {
  const content = typeof value === 'number' ? Buffer.alloc(4) : Buffer.from(value.length % 2 ? `${value}\0` : value)
  if (typeof value === 'number') content.writeUInt32LE(value)
  const head = Buffer.alloc(8)
  head.writeUInt16LE(group)
  head.writeUInt16LE(element, 2)
  head.write(type, 4)
  head.writeUInt16LE(content.length, 6)
  return Buffer.concat([head, content])
}

/** A level as far as a browser reads it, and the begin of its pixels. */
function level(name: string, series: string, widthPx: number) {
  const syntax = attribute(0x0002, 0x0010, 'UI', '1.2.840.10008.1.2.1')
  const all = [
    Buffer.from(`${'\0'.repeat(128)}DICM`),
    attribute(0x0002, 0x0000, 'UL', syntax.length),
    syntax,
    attribute(0x0008, 0x0008, 'CS', 'DERIVED\\PRIMARY\\VOLUME\\RESAMPLED'),
    attribute(0x0020, 0x000e, 'UI', series),
    attribute(0x0048, 0x0006, 'UL', widthPx),
    attribute(0x0048, 0x0007, 'UL', 100),
    Buffer.from('e07f1000', 'hex')
  ]
  return { path: `case/${name}`, file: new File([Uint8Array.from(Buffer.concat(all))], name) }
}

it('sends two DICOM slides of one folder as two, whose full size comes first', async () => {
  const sent = await toUploads([
    level('1.dcm', '1.2.8', 100),
    level('2.dcm', '1.2.8', 400),
    level('3.dcm', '1.2.9', 300)
  ])
  expect(sent.map(({ file, parts }) => [file.name, parts?.map(({ path }) => path)])).toEqual([
    ['2.dcm', ['2.dcm', '1.dcm']],
    ['3.dcm', undefined]
  ])
})
