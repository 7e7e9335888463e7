import { z } from 'zod'

/** What an engine says of itself and what became of its jobs, as it is kept over restarts. */
export const engineDocument = z.object({
  engineType: z.string().optional(),
  supportedCodecs: z.array(z.string()).readonly().optional(),
  said: z.string().optional(),
  storageCapacityGb: z.number().optional(),
  streamingSupport: z.boolean().optional(),
  hostname: z.string().optional(),
  benchmarkS: z.number().optional(),
  benchmarks: z.object({ count: z.number(), totalS: z.number() }),
  localJobQueue: z.array(z.string()).readonly().optional(),
  namesJobs: z.boolean().optional(),
  other: z.record(z.string(), z.unknown()).readonly(),
  jobsCompleted: z.number(),
  jobsFailed: z.number(),
  lastHeartbeatMs: z.number()
})
export type EngineDocument = z.infer<typeof engineDocument>

/** An engine that said nothing yet. */
export function unheard(wallMs: number): EngineDocument {
  return {
    benchmarks: { count: 0, totalS: 0 },
    other: {},
    jobsCompleted: 0,
    jobsFailed: 0,
    lastHeartbeatMs: wallMs
  }
}

/** What of it is no news of the moment: where this is another, it is to be written before the answer. */
export function lastingText({ said, localJobQueue, lastHeartbeatMs, ...lasting }: EngineDocument): string {
  return JSON.stringify(lasting)
}
