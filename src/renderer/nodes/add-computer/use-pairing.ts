import { useEffect, useState } from 'react'
import { api } from '../../api/client.ts'
import { toProblem } from '../../api/problem.ts'
import { afterPairingEnd, afterPairingEvent, type PairingState } from './pairing-state.ts'

/** Opens a code for as long as the caller is shown; leaving closes it. `again` opens the next one. */
export function usePairing(): { state: PairingState; again: () => void } {
  const [state, setState] = useState<PairingState>({ type: 'opening' })
  const [round, setRound] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round is what opens a new code.
  useEffect(() => {
    const closing = new AbortController()
    setState({ type: 'opening' })
    void follow(closing.signal, (change) => {
      if (!closing.signal.aborted) setState(change)
    })
    return () => closing.abort()
  }, [round])
  return { state, again: () => setRound((before) => before + 1) }
}

async function follow(signal: AbortSignal, change: (next: (state: PairingState) => PairingState) => void) {
  try {
    const events = await api.pairing.open(undefined, { signal })
    for await (const event of events) change((state) => afterPairingEvent(state, event))
    change(afterPairingEnd)
  } catch (error) {
    change(() => ({ type: 'failed', error: toProblem(error) }))
  }
}
