import { beforeEach, describe, expect, test } from 'vitest'
import { sampleSubmission } from '../testing/samples.ts'
import { showNotice } from './show-notice.ts'
import { EndedSubmissions, noticeOf } from './submission-ended.ts'

describe('the notice of a submission', () => {
  test('counts what became of its files, and names none', () => {
    const ended = sampleSubmission({ total: 300, completed: 290, skipped: 40, failed: 7, cancelled: 3 })
    expect(noticeOf(ended)).toEqual({
      title: 'Done with failures: 300 files',
      body: '250 converted, 40 there already, 7 failed, 3 cancelled'
    })
    expect(noticeOf(sampleSubmission({ total: 1, completed: 1 }))).toEqual({
      title: 'Done: 1 file',
      body: '1 converted'
    })
  })

  test('comes once for each end, and again after a retry', () => {
    const ended = new EndedSubmissions(1_000)
    expect(ended.take(sampleSubmission())).toBeUndefined()
    expect(ended.take(sampleSubmission({ endedAtMs: 2_000 }))).toBeDefined()
    expect(ended.take(sampleSubmission({ endedAtMs: 2_000 }))).toBeUndefined()
    expect(ended.take(sampleSubmission())).toBeUndefined()
    expect(ended.take(sampleSubmission({ endedAtMs: 3_000 }))).toBeDefined()
  })

  test('does not come for what ended before this start', () => {
    expect(new EndedSubmissions(1_000).take(sampleSubmission({ endedAtMs: 999 }))).toBeUndefined()
  })
})

class FakeNotification {
  static shown: FakeNotification[] = []
  static supported = true
  static isSupported(): boolean {
    return FakeNotification.supported
  }
  readonly options: { title?: string }
  readonly listeners = new Map<string, () => void>()
  constructor(options: { title?: string }) {
    this.options = options
  }
  on(event: string, listener: () => void): void {
    this.listeners.set(event, listener)
  }
  show(): void {
    FakeNotification.shown.push(this)
  }
}

describe('a notification', () => {
  beforeEach(() => {
    FakeNotification.shown = []
    FakeNotification.supported = true
  })

  test('opens the window when it is clicked', () => {
    let opened = 0
    const open = () => {
      opened += 1
    }
    showNotice(FakeNotification, { title: 'Done: 1 file', body: '1 converted' }, open)
    FakeNotification.shown[0]?.listeners.get('click')?.()
    expect([FakeNotification.shown[0]?.options.title, opened]).toEqual(['Done: 1 file', 1])
  })

  test('is left out where the system has none', () => {
    FakeNotification.supported = false
    showNotice(FakeNotification, { title: 'T', body: 'B' }, () => undefined)
    expect(FakeNotification.shown).toEqual([])
  })
})
