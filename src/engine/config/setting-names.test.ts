import { describe, expect, it } from 'vitest'
import { environmentName, settingsFromEnvironment } from './setting-names.ts'

describe('settings in the environment', () => {
  it('are named after their keys', () => {
    expect(environmentName('keepFinishedDays')).toBe('MICROTOME_KEEP_FINISHED_DAYS')
    expect(environmentName('port')).toBe('MICROTOME_PORT')
  })

  it('are text, and JSON where they are structured', () => {
    expect(settingsFromEnvironment({ MICROTOME_PORT: '5', MICROTOME_PEERS: '["a:1"]', PATH: '/bin' })).toEqual({
      port: '5',
      peers: ['a:1']
    })
  })

  it('count as unset where they are blank', () => {
    expect(settingsFromEnvironment({ MICROTOME_PORT: ' ', MICROTOME_HOST: undefined })).toEqual({})
  })

  it('are refused where they should be JSON and are not', () => {
    expect(() => settingsFromEnvironment({ MICROTOME_PEERS: 'a:1' })).toThrow('MICROTOME_PEERS is "a:1": not JSON.')
  })

  it('are refused where one letter is wrong, and left to others where more is', () => {
    expect(() => settingsFromEnvironment({ MICROTOME_PORTS: '5' })).toThrow('MICROTOME_PORTS is no setting')
    expect(settingsFromEnvironment({ MICROTOME_NO_SETUP: '1', MICROTOME_TEST: '1', MICROTOME_DATA: '/d' })).toEqual({})
  })
})
