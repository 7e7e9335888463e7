import { describe, expect, it } from 'vitest'
import { nameFrom, namePattern, namePatternFault } from './name-pattern.ts'

const facts = { sourceName: 'H24-1017 B.svs', index: 7, total: 12, hash: '0123456789ab' }

describe('the name of a result', () => {
  it.each([
    ['{name}', 'H24-1017 B'],
    ['slide {index}', 'slide 007'],
    ['{hash}', '0123456789ab'],
    ['{index}-{name}-{index}', '007-H24-1017 B-007'],
    ['always the same', 'always the same']
  ])('from %s is %s', (pattern, name) => expect(nameFrom(pattern, facts)).toBe(name))

  it('counts with as many digits as the submission needs', () => {
    expect(nameFrom('{index}', { ...facts, total: 12_000 })).toBe('00007')
  })

  it('takes a name that looks like a placeholder as it is', () => {
    expect(nameFrom('{name}', { ...facts, sourceName: '{hash}.svs' })).toBe('{hash}')
  })
})

describe('a pattern', () => {
  it.each([
    ['{case}', /\{case\}.*\{name\}, \{index\}, \{hash\}/],
    ['{name', /holds \{,/],
    ['{Name}', /\{Name\}/],
    ['a/{name}', /"\/"/],
    ['{name}:1', /":"/],
    ['..\\{name}', /"\\\\"/]
  ])('such as %s is refused with what is allowed', (pattern, why) => {
    expect(namePatternFault(pattern)).toMatch(why)
    expect(namePattern.safeParse(pattern).success).toBe(false)
  })

  it.each(['', '   ', 'x'.repeat(121)])('of unreasonable length is refused', (pattern) =>
    expect(namePattern.safeParse(pattern).success).toBe(false)
  )
})
