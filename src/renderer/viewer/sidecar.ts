import { z } from 'zod'

const positive = z.number().positive().finite()

/**
 * What the viewer reads of a slide's sidecar (`docs/sidecar.md`). A field that is absent or of another form counts as
 * not known: a picture without a scale is better than none.
 */
export const sidecar = z.object({
  mpp: positive.optional().catch(undefined),
  magnification: positive.optional().catch(undefined)
})
export type Sidecar = z.infer<typeof sidecar>

/** The sidecar of a job's slide; empty where there is none. */
export async function readSidecar(jobId: string, signal: AbortSignal): Promise<Sidecar> {
  const answer = await fetch(`/results/${encodeURIComponent(jobId)}/sidecar.json`, { signal })
  if (!answer.ok) return {}
  const parsed = sidecar.safeParse(await answer.json())
  return parsed.success ? parsed.data : {}
}
