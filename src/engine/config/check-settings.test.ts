import { describe, expect, it } from 'vitest'
import { toJobError } from '../../shared/errors.ts'
import { checkSettings, type RawSettings } from './check-settings.ts'

function refusal(values: RawSettings) {
  try {
    checkSettings(values, (key) => `"${key}"`)
  } catch (thrown) {
    return toJobError(thrown)
  }
  return undefined
}

describe('settings', () => {
  it.each<[RawSettings, string, string]>([
    [{ slots: 0 }, '"slots" is 0', 'Allowed: a whole number from 1 to 64.'],
    [{ port: 70000 }, '"port" is 70000', 'Allowed: a whole number from 0 to 65535.'],
    [{ port: null }, '"port" is null: a number is needed', 'Allowed: a whole number from 0 to 65535.'],
    [{ port: true }, '"port" is true: a number is needed', 'Allowed: a whole number from 0 to 65535.'],
    [{ port: ' ' }, '"port" is " ": a number is needed', 'Allowed: a whole number from 0 to 65535.'],
    [{ localWork: 'maybe' }, '"localWork" is "maybe"', 'Allowed: true or false.'],
    [{ appearance: 'pink' }, '"appearance" is "pink"', 'Allowed: one of system, light, dark.'],
    [{ name: '' }, '"name" is ""', 'Allowed: text of 1 to 80 characters.'],
    [{ uploadLimitBytes: 0 }, '"uploadLimitBytes" is 0', 'Allowed: a number above 0.'],
    [{ keepFinishedDays: -1 }, '"keepFinishedDays" is -1', 'Allowed: a number from 0 to 3650.'],
    [{ destination: 'results' }, 'not an absolute path', 'Allowed: an absolute path, or one that begins with ~/.'],
    [{ availability: { mode: 'hours', from: '25:00', to: '06:00' } }, 'from: must be a time', 'Allowed: {"mode"'],
    [{ peers: ['pathology-3'] }, '0: must be host:port', 'Allowed: a list of host:port'],
    [{ urlHosts: ['http://nas/'] }, '0: must be a host name', 'Allowed: a list of host names'],
    [{ keepResultsDays: -1 }, '"keepResultsDays" is -1', 'Allowed: a number from 0 to 3650.'],
    [{ urlTimeoutS: 0 }, '"urlTimeoutS" is 0', 'Allowed: a number from 1 to 604800.'],
    [{ profiles: { image: { name: 'h264', options: {} } } }, 'h264 takes no image', 'Allowed: an object with'],
    [{ profiles: { slide: { name: 'dzi', options: { quality: 900 } } } }, '"quality" = 900', 'Allowed: an object with']
  ])('are refused with key, value and what is allowed: %j', (values, message, hint) => {
    const error = refusal(values)
    expect(error?.code).toBe('bad-setting')
    expect(error?.message).toContain(message)
    expect(error?.hint).toContain(hint)
  })

  it.each([
    ['Slots', 'slots'],
    ['prot', 'port'],
    ['keep_finished_days', 'keepFinishedDays'],
    ['loglevel', 'logLevel']
  ])('are refused where the key is unknown, naming the nearest: %s', (wrong, near) => {
    expect(refusal({ [wrong]: 1 })).toMatchObject({ code: 'unknown-setting', hint: `Did you mean "${near}"?` })
  })

  it('are all named where none is near', () => {
    expect(refusal(JSON.parse('{"__proto__": {}}'))?.hint).toContain('Known are name, host, port')
  })

  it('may come as text where they stand for numbers and flags', () => {
    expect(refusal({ port: '0', localWork: 'no', keepFinishedDays: '0.5' })).toBeUndefined()
  })
})
