import { useCallback, useEffect, useState } from 'react'
import type { JobError } from '../../../shared/errors.ts'
import { toProblem } from '../../api/problem.ts'
import { useLab } from '../../state/lab-store.ts'

/** What the engine last answered, and why its last answer is missing. The value stays while a later answer does. */
export interface Asked<T> {
  value: T | undefined
  problem: JobError | undefined
  /** Asks again, for what was just changed here. */
  askNow: () => Promise<void>
}

/** Asks the engine when this is shown, when the connection is back, and every `everyMs` as long as it is shown. `ask` must stay the same function. */
export function useAsked<T>(ask: () => Promise<T>, everyMs: number): Asked<T> {
  const live = useLab((lab) => lab.connection === 'live')
  const [state, setState] = useState<Pick<Asked<T>, 'value' | 'problem'>>({ value: undefined, problem: undefined })
  const askNow = useCallback(async () => {
    try {
      const value = await ask()
      setState({ value, problem: undefined })
    } catch (error) {
      setState((known) => ({ ...known, problem: toProblem(error) }))
    }
  }, [ask])
  useEffect(() => {
    if (!live) return
    void askNow()
    const timer = setInterval(() => void askNow(), everyMs)
    return () => clearInterval(timer)
  }, [live, askNow, everyMs])
  return { ...state, askNow }
}
