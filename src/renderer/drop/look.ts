import type { Recognised, Unrecognised } from '../../shared/contract/local.ts'
import { api } from '../api/client.ts'
import { notifyProblem } from '../problem/index.ts'
import { keyOf, useSheet } from './sheet-store.ts'

/** Results that arrived since the last frame; 300 of them must not be 300 renders. */
let recognised: Recognised[] = []
let unrecognised: Unrecognised[] = []
let scheduled = false

/** Has the engine look at paths or finished uploads; what it finds appears in the sheet as it comes. */
export async function lookAt(input: { paths?: string[]; uploadIds?: string[] }, signal: AbortSignal): Promise<void> {
  useSheet.setState(({ looking }) => ({ looking: looking + 1 }))
  try {
    for await (const event of await api.inspect(input, { signal })) {
      if (event.type === 'recognised') recognised.push(event.item)
      else if (event.type === 'unrecognised') unrecognised.push(event.item)
      schedule(signal)
    }
  } catch (error) {
    if (!signal.aborted) notifyProblem(error)
  } finally {
    flush(signal)
    if (!signal.aborted) useSheet.setState(({ looking }) => ({ looking: looking - 1 }))
  }
}

function schedule(signal: AbortSignal): void {
  if (scheduled) return
  scheduled = true
  requestAnimationFrame(() => {
    scheduled = false
    flush(signal)
  })
}

function flush(signal: AbortSignal): void {
  const found = recognised
  const strange = unrecognised
  recognised = []
  unrecognised = []
  if (signal.aborted || found.length + strange.length === 0) return
  useSheet.setState((sheet) => ({
    items: withoutDoubles(sheet.items, found),
    unrecognised: withoutDoubles(sheet.unrecognised, strange)
  }))
}

/** The same file dropped twice is one file. */
export function withoutDoubles<T extends { path: string; uploadId?: string | undefined }>(
  before: readonly T[],
  more: readonly T[]
): T[] {
  const known = new Set(before.map(keyOf))
  return [...before, ...more.filter((item) => !known.has(keyOf(item)) && known.add(keyOf(item)))]
}
