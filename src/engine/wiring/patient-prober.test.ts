import { expect, test } from 'vitest'
import type { Probed } from '../../shared/converter-protocol.ts'
import { MicrotomeError } from '../../shared/errors.ts'
import { patientProber } from './patient-prober.ts'

const film: Probed = { kind: 'video', format: 'mp4', hasThumbnail: false }

function prober(...codes: string[]) {
  let looks = 0
  return {
    looks: () => looks,
    probe: async () => {
      const code = codes[looks++]
      if (code !== undefined) throw new MicrotomeError({ code, class: 'node', message: 'It failed.' })
      return film
    }
  }
}

test('a film that is looked at before ffmpeg was found is looked at again', async () => {
  const early = prober('tool-missing')
  let settled = false
  const found = await patientProber(early, async () => {
    settled = true
  }).probe('/film.mp4')
  expect([found, settled, early.looks()]).toEqual([film, true, 2])
})

test('a machine without ffmpeg says so after one more look, and any other failure at once', async () => {
  const without = prober('tool-missing', 'tool-missing')
  await expect(patientProber(without, async () => undefined).probe('/film.mp4')).rejects.toMatchObject({
    code: 'tool-missing'
  })
  const broken = prober('child-died')
  const never = () => Promise.reject(new Error('nobody waits for tools here'))
  await expect(patientProber(broken, never).probe('/film.mp4')).rejects.toMatchObject({ code: 'child-died' })
  expect(broken.looks()).toBe(1)
})
