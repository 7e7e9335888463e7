import { useCallback, useEffect, useState } from 'react'
import type { JobError } from '../../shared/errors.ts'
import { api } from '../api/client.ts'
import { toProblem } from '../api/problem.ts'

/** A folder of the node and what lies in it. */
export type Folder = Awaited<ReturnType<typeof api.folders.list>>

interface OpenFolder {
  /** The folder shown; the one before stays until the next was read. */
  folder: Folder | undefined
  /** Why the last folder could not be opened. */
  problem: JobError | undefined
  /** Without a path: where the node begins. */
  open: (path?: string) => void
}

/** Walks the node's folders, beginning where the node says, once `active`. The last answer asked for wins. */
export function useFolder(active: boolean): OpenFolder {
  const [wanted, setWanted] = useState<{ path?: string }>({})
  const [folder, setFolder] = useState<Folder>()
  const [problem, setProblem] = useState<JobError>()
  useEffect(() => {
    if (!active) return
    const leaving = new AbortController()
    api.folders.list(wanted, { signal: leaving.signal }).then(
      (answer) => {
        setFolder(answer)
        setProblem(undefined)
      },
      (error: unknown) => {
        if (!leaving.signal.aborted) setProblem(toProblem(error))
      }
    )
    return () => leaving.abort()
  }, [active, wanted])
  const open = useCallback((path?: string) => setWanted(path === undefined ? {} : { path }), [])
  return { folder, problem, open }
}
