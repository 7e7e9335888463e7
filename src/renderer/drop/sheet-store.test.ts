import { expect, it } from 'vitest'
import type { Recognised } from '../../shared/contract/local.ts'
import { countKinds, isBusy, submittable, totalsOf, type Upload, withoutDoubles } from './sheet-store.ts'

const item = (path: string, kind: Recognised['kind'] = 'slide', uploadId?: string): Recognised => ({
  path,
  name: path,
  sizeBytes: 1,
  kind,
  format: 'x',
  ...(uploadId === undefined ? {} : { uploadId })
})
const upload = (key: string, state: Upload['state'], sentBytes: number): [string, Upload] => [
  key,
  { key, name: key, sizeBytes: 100, sentBytes, state }
]

it('takes the same file only once, however often it is dropped', () => {
  const merged = withoutDoubles([item('/a')], [item('/a'), item('/b'), item('/b')])
  expect(merged.map(({ path }) => path)).toEqual(['/a', '/b'])
})

it('keeps two uploads of one name apart', () => {
  const merged = withoutDoubles([item('/a', 'slide', 'up-1')], [item('/a', 'slide', 'up-2')])
  expect(merged).toHaveLength(2)
})

it('is busy while files are on their way or being looked at', () => {
  const uploads = (state: Upload['state']) => new Map([upload('u', state, 0)])
  expect(isBusy({ looking: 0, uploads: new Map() })).toBe(false)
  expect(isBusy({ looking: 1, uploads: new Map() })).toBe(true)
  expect(
    ['waiting', 'sending', 'sent', 'failed'].map((state) =>
      isBusy({ looking: 0, uploads: uploads(state as Upload['state']) })
    )
  ).toEqual([true, true, false, false])
})

it('counts what is copied, without what failed', () => {
  const uploads = new Map([upload('a', 'sent', 100), upload('b', 'sending', 40), upload('c', 'failed', 10)])
  expect(totalsOf(uploads)).toEqual({ count: 2, sent: 1, sizeBytes: 200, sentBytes: 140 })
})

it('leaves videos out where they cannot be converted', () => {
  const items = [item('/a'), item('/b', 'video')]
  expect(submittable(items, true)).toHaveLength(2)
  expect(submittable(items, false)).toEqual([items[0]])
  expect(countKinds(items)).toEqual({ slide: 1, image: 0, video: 1 })
})
