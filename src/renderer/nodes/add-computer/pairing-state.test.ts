import { describe, expect, test } from 'vitest'
import { afterPairingEnd, afterPairingEvent, type PairingState } from './pairing-state.ts'

const wrong = { code: 'wrong-code', class: 'input' as const, message: 'The code was wrong.' }
const shown: PairingState = { type: 'code', code: '123456', expiresAtMs: 1 }

describe('the side that shows a code', () => {
  test('shows it, then says who was paired', () => {
    const code = afterPairingEvent({ type: 'opening' }, { type: 'code', code: '123456', expiresAtMs: 1 })
    expect(code).toEqual(shown)
    expect(afterPairingEvent(code, { type: 'paired', nodeId: 'n', name: 'Scanner' })).toEqual({
      type: 'paired',
      name: 'Scanner'
    })
  })

  test('takes a code off the screen once it was tried, and keeps the reason beside the next', () => {
    const refused = afterPairingEvent(shown, { type: 'refused', error: wrong, triesLeft: 2 })
    expect(refused.type).toBe('refused')
    expect(afterPairingEvent(refused, { type: 'code', code: '654321', expiresAtMs: 2 })).toEqual({
      type: 'code',
      code: '654321',
      expiresAtMs: 2,
      refusal: wrong
    })
  })

  test('ends with the reason after the last wrong try', () => {
    const refused = afterPairingEvent(shown, { type: 'refused', error: wrong, triesLeft: 0 })
    expect(afterPairingEvent(refused, { type: 'expired' })).toEqual({ type: 'failed', error: wrong })
    expect(afterPairingEnd(refused)).toEqual({ type: 'failed', error: wrong })
  })

  test('counts an end without a word as the end of the code', () => {
    expect(afterPairingEnd(shown)).toEqual({ type: 'expired' })
    expect(afterPairingEnd({ type: 'paired', name: 'Scanner' })).toEqual({ type: 'paired', name: 'Scanner' })
  })
})
