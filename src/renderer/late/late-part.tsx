import { type ComponentType, createElement, lazy, Suspense } from 'react'

const loads: (() => Promise<unknown>)[] = []

/** A part of the page that nobody sees at the start: fetched at its first showing, or once {@link fetchLateParts} was called. */
export function latePart<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  loads.push(load)
  const Part = lazy(async () => ({ default: await load() }))
  return function LatePart(props: P) {
    return <Suspense fallback={null}>{createElement<P>(Part, props)}</Suspense>
  }
}

/** Fetches every late part when the page has nothing else to do, so that none is missed if the engine goes away later. */
export function fetchLateParts(): void {
  const fetchAll = () => {
    // One that fails is asked for again when it is shown, where its failure is seen.
    for (const load of loads) load().catch(() => undefined)
  }
  if ('requestIdleCallback' in window) window.requestIdleCallback(fetchAll, { timeout: 5000 })
  else setTimeout(fetchAll, 2000)
}
