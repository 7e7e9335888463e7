import { useEffect, useState } from 'react'
import { api } from '../api/client.ts'
import { useLab } from '../state/lab-store.ts'
import { countKinds, submittable, useSheet } from './sheet-store.ts'

export type Estimate = Awaited<ReturnType<typeof api.estimate>>

const settleMs = 250

/** What the results need on disk and how long they take; undefined while nothing is known or it can't be told. */
export function useEstimate(): Estimate | undefined {
  const items = useSheet((sheet) => sheet.items)
  const profiles = useSheet((sheet) => sheet.profiles)
  const destination = useSheet((sheet) => sheet.destination)
  const video = useLab((lab) => lab.status?.video.available ?? true)
  const [estimate, setEstimate] = useState<Estimate>()
  useEffect(() => {
    const wanted = submittable(items, video)
    if (wanted.length === 0 || destination === '') return setEstimate(undefined)
    const cancel = new AbortController()
    const timer = setTimeout(() => {
      const kinds = countKinds(wanted)
      const used = Object.fromEntries(Object.entries(profiles).filter(([kind]) => hasKind(kinds, kind)))
      const measures = wanted.map(({ kind, sizeBytes, widthPx, heightPx, durationS, tileSizePx, copyable }) => ({
        kind,
        sizeBytes,
        widthPx,
        heightPx,
        durationS,
        tileSizePx,
        copyable
      }))
      // Without an estimate the sheet just says nothing; what is wrong with the destination, Start tells.
      api
        .estimate({ items: measures, profiles: used, destination }, { signal: cancel.signal })
        .then(setEstimate, () => {
          if (!cancel.signal.aborted) setEstimate(undefined)
        })
    }, settleMs)
    return () => {
      clearTimeout(timer)
      cancel.abort()
    }
  }, [items, profiles, destination, video])
  return estimate
}

function hasKind(counts: Record<string, number>, kind: string): boolean {
  return (counts[kind] ?? 0) > 0
}
