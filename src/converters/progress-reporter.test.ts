import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type TaskProgress, taskProgress } from '../shared/domain/jobs.ts'
import { ProgressReporter } from './progress-reporter.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function started() {
  const sent: TaskProgress[] = []
  const onStall = vi.fn()
  const reporter = new ProgressReporter(
    (progress) => sent.push(taskProgress.parse(progress)),
    () => performance.now(),
    onStall
  )
  reporter.start()
  return { sent, reporter, onStall }
}

test('a converter that says nothing is still reported twice a second, and no longer once it stopped', () => {
  const { sent, reporter } = started()
  vi.advanceTimersByTime(10_000)
  expect(sent.length).toBeGreaterThanOrEqual(20)
  reporter.stop()
  const before = sent.length
  vi.advanceTimersByTime(10_000)
  expect(sent).toHaveLength(before)
})

test('parts fill their share and progress never goes back', () => {
  const { sent, reporter } = started()
  const first = reporter.span(0, 0.8, 'converting')
  first(0.5)
  vi.advanceTimersByTime(400)
  expect(sent.at(-1)).toMatchObject({ progress: 0.4, stage: 'converting' })
  first(0.25)
  vi.advanceTimersByTime(400)
  expect(sent.at(-1)?.progress).toBe(0.4)
  reporter.span(0.8, 1, 'verifying')(7)
  vi.advanceTimersByTime(400)
  expect(sent.at(-1)).toMatchObject({ progress: 1, stage: 'verifying' })
  reporter.stop()
})

test('a slide may report each of its 300,000 tiles at once', () => {
  const { sent, reporter } = started()
  const report = reporter.span(0, 1, 'converting')
  const total = 300_000
  for (let done = 1; done <= total; done++) report(done / total, { work: { done, total, unit: 'Mpx/s' } })
  vi.advanceTimersByTime(400)
  expect(sent.at(-1)?.progress).toBe(1)
  reporter.stop()
})

test('speed is work per second of the last seconds, and the remaining time follows from it', () => {
  const { sent, reporter } = started()
  const report = reporter.span(0, 1, 'converting')
  for (let second = 1; second <= 10; second++) {
    vi.advanceTimersByTime(1000)
    report(second / 20, { work: { done: second * 30, total: 600, unit: 'Mpx/s' } })
  }
  vi.advanceTimersByTime(400)
  expect(sent.at(-1)?.speed).toEqual({ value: 30, unit: 'Mpx/s' })
  expect(sent.at(-1)?.remainingMs).toBeCloseTo(10_000)
  reporter.stop()
})

test('ten minutes without a step are a stall, however many heartbeats there were', () => {
  const { reporter, onStall } = started()
  const report = reporter.span(0, 1, 'converting')
  vi.advanceTimersByTime(590_000)
  report(0.1)
  vi.advanceTimersByTime(590_000)
  expect(onStall).not.toHaveBeenCalled()
  report(0.1)
  vi.advanceTimersByTime(20_000)
  expect(onStall).toHaveBeenCalled()
  reporter.stop()
})
