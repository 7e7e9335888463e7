import { expect, test } from 'vitest'
import { sidecar } from './sidecar.ts'

test('a sidecar with nonsense in one field still gives the other', () => {
  expect(sidecar.parse({ mpp: 'n/a', magnification: 40, levels: 12, more: true })).toEqual({
    mpp: undefined,
    magnification: 40
  })
})
