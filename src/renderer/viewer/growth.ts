import { useEffect, useRef } from 'react'
import type { ZoomCommands } from './use-deep-zoom.ts'

/** A picture that is being made while it is looked at. */
export interface Growth {
  /** 0..1; undefined once all of it is there. */
  progress: number | undefined
  /** Address of a small picture of the whole, to be seen where tiles are missing. */
  preview: string
}

/** Tiles are asked for again no more often than this, and only after the progress has moved. */
const leastPauseMs = 1500
/** The last tiles may be on their way from the staging folder to the destination at the moment when the job is completed. */
const lastLooksMs = [0, 1500, 5000, 15_000]

/** Has missing tiles asked for again as the progress moves, and a few more times at the end. */
export function useGrowth(growth: Growth | undefined, { askForMissing }: ZoomCommands): void {
  const progress = useRef(growth?.progress)
  progress.current = growth?.progress
  const phase = growth === undefined ? 'none' : growth.progress === undefined ? 'done' : 'growing'
  useEffect(() => {
    if (phase === 'growing') return whileItMoves(progress, askForMissing)
    if (phase === 'done') return atTheEnd(askForMissing)
  }, [phase, askForMissing])
}

function whileItMoves(progress: { current: number | undefined }, ask: () => void): () => void {
  let asked = progress.current
  const timer = setInterval(() => {
    if (progress.current === asked) return
    asked = progress.current
    ask()
  }, leastPauseMs)
  return () => clearInterval(timer)
}

function atTheEnd(ask: () => void): () => void {
  const timers = lastLooksMs.map((pauseMs) => setTimeout(ask, pauseMs))
  return () => timers.forEach(clearTimeout)
}
