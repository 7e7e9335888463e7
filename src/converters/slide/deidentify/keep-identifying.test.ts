import { expect, test } from 'vitest'
import { damaged } from '../../failures.ts'
import type { AssociatedImage } from '../content.ts'
import { keepIdentifying, removedFrom } from './keep-identifying.ts'

const picture = (name: AssociatedImage['name'], bytes: string): AssociatedImage => ({
  name,
  toJpeg: async () => Buffer.from(bytes)
})
const broken: AssociatedImage = {
  name: 'macro',
  toJpeg: async () => {
    throw damaged('The macro is cut short.', 'Copy the slide again.')
  }
}
const identifying = [
  { tag: 'ImageDescription: Filename', value: 'CASE-0001' },
  { tag: 'ImageDescription: Filename', value: 'CASE-0001 label' },
  { tag: 'ImageDescription: User', value: 'tech-7' }
]

test('pictures of the glass become files beside the result, a damaged one is told', async () => {
  const associated = [picture('label', 'a label'), broken, picture('thumbnail', 'small'), picture('label', 'another')]
  const kept = await keepIdentifying({ identifying, associated })
  expect(kept).toEqual({
    files: [
      { path: 'result_label.jpeg', bytes: Buffer.from('a label') },
      { path: 'result_thumbnail.jpeg', bytes: Buffer.from('small') }
    ],
    identifying,
    damaged: ['macro']
  })
})

test('what is removed is listed by tag, each once, never by what it says', () => {
  expect(removedFrom({ identifying, associated: [picture('label', ''), picture('macro', '')] })).toEqual([
    'label',
    'macro',
    'ImageDescription: Filename',
    'ImageDescription: User'
  ])
})
