import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MicrotomeError } from '../../shared/errors.ts'
import { redactFields, redactMessage } from './redaction.ts'

describe('what may be told above debug', () => {
  it('is ids, codes and numbers', () => {
    const fields = { jobId: 'j-1', code: 'disk-full', epoch: 3, runMs: 12.5, ok: true }
    expect(redactFields(fields)).toEqual({ kept: fields, withheld: false })
  })

  it('is no path, no text under a name of its own, and no words in the place of a code', () => {
    const fields = { path: '/in/a', file: 'Maria', jobId: 'Maria Muster', node: { name: 'x' } }
    expect(redactFields(fields)).toEqual({ kept: {}, withheld: true })
  })

  it('is of an error its code, class and cause, not its message', () => {
    const cause = Object.assign(new Error('ENOSPC: /x/Maria.svs'), { code: 'ENOSPC' })
    const error = new MicrotomeError({ code: 'disk-full', class: 'node', message: 'No room for Maria.svs.' }, { cause })
    const { kept } = redactFields({ error })
    expect(kept).toEqual({ error: { code: 'disk-full', class: 'node', cause: 'ENOSPC' } })
  })

  it('is of a bug also its place in the program', () => {
    const { kept } = redactFields({ error: new TypeError('Maria\nis no function') })
    expect(JSON.stringify(kept)).toContain('redaction.test.ts')
    expect(JSON.stringify(kept)).not.toContain('Maria')
  })

  it.each([
    ['could not read /data/Maria Muster.svs', 'could not read [path]'],
    ['could not read "C:\\in\\Maria Muster.svs" twice', 'could not read [path] twice'],
    ['copied \\\\server\\in\\Maria', 'copied [path]'],
    ['first line /in/Maria\nsecond line Muster', 'first line [path]'],
    ['converted Maria Muster.SVS', '[a message that names a file]'],
    ['took 3/4 of the slots', 'took 3/4 of the slots'],
    ['listening on 127.0.0.1:47800', 'listening on 127.0.0.1:47800']
  ])('is of the message %j what names no file', (message, told) => {
    expect(redactMessage(message)).toBe(told)
  })

  it('never holds an absolute path, whatever surrounds it', () => {
    const word = fc.stringMatching(/^[a-z]{0,8}$/)
    const root = fc.constantFrom('/', 'C:\\', '\\\\srv\\', '~/')
    fc.assert(
      fc.property(word, root, word, fc.constantFrom('', '"', "'"), (before, start, after, quote) => {
        const told = redactMessage(`${before} ${quote}${start}MARIA MUSTER${quote} ${after}`)
        expect(told).not.toContain('MUSTER')
      })
    )
  })
})
