import type { Recognised, Unrecognised } from '../../shared/contract/local.ts'
import { api } from '../api/client.ts'
import { notifyProblem } from '../problem/index.ts'
import { useSheet, withoutDoubles } from './sheet-store.ts'

/** Often enough to look instant. A timer, because frames stop where a page lies in the background. */
const flushMs = 60

/** Results that arrived since the last flush; 300 of them must not be 300 renders. */
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
  setTimeout(() => {
    scheduled = false
    flush(signal)
  }, flushMs)
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
