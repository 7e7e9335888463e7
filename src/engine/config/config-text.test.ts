import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MicrotomeError } from '../../shared/errors.ts'
import { editConfigText, parseConfigText } from './config-text.ts'

function messageOf(run: () => unknown): string {
  try {
    run()
  } catch (thrown) {
    if (thrown instanceof MicrotomeError) return thrown.message
    throw thrown
  }
  return 'nothing was thrown'
}

describe('the text of a configuration file', () => {
  it('may be empty, blank, or begin with a byte order mark', () => {
    for (const text of ['', ' \n', '\uFEFF']) expect(parseConfigText(text).values).toEqual({})
    expect(parseConfigText('\uFEFF{"port": 1}').values).toEqual({ port: 1 })
  })

  it('may name its JSON Schema for the editor', () => {
    expect(parseConfigText('{"$schema": "config.schema.json", "slots": 2}').values).toEqual({ slots: 2 })
  })

  it.each([
    ['{\n  "port": 1\n  "slots": 2\n}', 'comma expected at line 3, column 3'],
    ['{"a": tru}', 'invalid symbol at line 1, column 7'],
    ['{"a": 1,\n}', 'property name expected at line 2, column 1'],
    ['{\n  // ports\n  "port": 1}', 'invalid comment token at line 2, column 3'],
    ['{"port": 1', 'close brace expected at line 1, column 11'],
    ['{"port": 1} {}', 'end of file expected at line 1, column 13']
  ])('is refused with line and column: %j', (text, where) => {
    expect(messageOf(() => parseConfigText(text))).toBe(`The configuration file is not JSON: ${where}.`)
  })

  it('must be an object', () => {
    for (const text of ['[]', '3', 'null', '"port"'])
      expect(messageOf(() => parseConfigText(text))).toContain('no JSON object')
  })

  it('is refused where a key stands twice, with the line of the second', () => {
    expect(messageOf(() => parseConfigText('{\n"port": 1,\n"port": 2\n}'))).toContain(
      '"port" twice, the second time at line 3'
    )
  })

  it('tells the line of a key', () => {
    expect(parseConfigText('{\n"port": 1,\n\n"slots": 2}').lineOf('slots')).toBe(4)
    expect(parseConfigText('{}').lineOf('slots')).toBeUndefined()
  })

  it('survives any text: it is read as JSON.parse reads it, or refused', () => {
    const deep = '{"a":'.repeat(50_000)
    const anyText = fc.oneof(
      fc.string(),
      fc.json(),
      fc.constantFrom('['.repeat(100_000), deep, `${deep}1${'}'.repeat(50_000)}`)
    )
    fc.assert(
      fc.property(anyText, (text) => {
        try {
          const { values } = parseConfigText(text)
          if (text.trim() !== '') expect(values).toEqual(JSON.parse(text))
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(MicrotomeError)
        }
      })
    )
  })
})

describe('an edited configuration file', () => {
  it('keeps order, indentation and line ends of the rest', () => {
    const text = '{\r\n\t"slots":   2,\r\n\t"name": "A"\r\n}\r\n'
    expect(editConfigText(text, { port: 5 })).toBe('{\r\n\t"slots":   2,\r\n\t"name": "A",\r\n\t"port": 5\r\n}\r\n')
  })

  it('loses a key that is set to null', () => {
    expect(JSON.parse(editConfigText('{"slots": 2, "name": "A"}', { slots: null }))).toEqual({ name: 'A' })
  })

  it('begins as an object where there was nothing', () => {
    expect(editConfigText('', { slots: 2 })).toBe('{\n  "slots": 2\n}\n')
  })

  it('holds exactly what was set besides what it held', () => {
    const key = fc.stringMatching(/^[a-z]{1,8}$/)
    const object = fc.dictionary(
      key,
      fc.jsonValue().filter((value) => value !== null),
      { noNullPrototype: true }
    )
    fc.assert(
      fc.property(object, object, fc.constantFrom(undefined, 2, '\t'), (before, set, indent) => {
        const edited = editConfigText(JSON.stringify(before, null, indent), set)
        expect(JSON.parse(edited)).toEqual(JSON.parse(JSON.stringify({ ...before, ...set })))
      })
    )
  })
})
