import { z } from 'zod'
import { jobError } from '../errors.ts'
import { type ProfileName, profileName } from './profiles.ts'

export const nodeClass = z.enum(['laptop', 'desktop', 'server'])
export type NodeClass = z.infer<typeof nodeClass>

export const hardware = z.object({
  cpuModel: z.string(),
  cpuThreads: z.number().int(),
  memoryBytes: z.number(),
  gpus: z.array(z.string()),
  diskFreeBytes: z.number(),
  battery: z.object({ present: z.boolean(), onMains: z.boolean(), percent: z.number().optional() }),
  os: z.string(),
  class: nodeClass
})
export type Hardware = z.infer<typeof hardware>

export const toolVersions = z.object({
  microtome: z.string(),
  node: z.string(),
  sharp: z.string().optional(),
  ffmpeg: z.string().optional()
})
export type ToolVersions = z.infer<typeof toolVersions>

/** Profiles that a newer release brought are left out: a word that is unknown here must not cost the whole message. */
const knownProfiles: z.ZodType<ProfileName[], ProfileName[]> = z
  .array(z.string() as z.ZodType<string, ProfileName>)
  .transform((names) => names.filter((name): name is ProfileName => profileName.safeParse(name).success))

/** A worker's own word on whether it takes tasks. `pausing`: finishes what runs, takes nothing new. */
export const workerState = z.enum(['idle', 'working', 'pausing', 'paused', 'unavailable'])
export type WorkerState = z.infer<typeof workerState>

/**
 * What a worker tells the masters of its lab, at once when it changes and with every heartbeat.
 * `load` is 0..1 over all cores; `profiles` are those whose tools ran here.
 */
export const workerStatus = z.object({
  state: workerState,
  /** Why it takes no tasks: one sentence, empty when it does. */
  reason: z.string(),
  slots: z.number().int(),
  busy: z.number().int(),
  load: z.number(),
  profiles: knownProfiles,
  scratchFreeBytes: z.number(),
  hardware,
  tools: toolVersions
})
export type WorkerStatus = z.infer<typeof workerStatus>

/** A node as this node sees it. `state` in words that the UI and `microtome nodes` print. */
export const nodeView = z.object({
  nodeId: z.string(),
  name: z.string(),
  isSelf: z.boolean(),
  state: z.enum(['idle', 'working', 'pausing', 'paused', 'unavailable', 'offline', 'incompatible']),
  reason: z.string(),
  slots: z.number().int(),
  busy: z.number().int(),
  class: nodeClass,
  profiles: z.array(z.string()),
  load: z.number().optional(),
  hardware: hardware.optional(),
  tools: toolVersions.optional(),
  address: z.string().optional(),
  /** Jobs of this master that it runs now. */
  running: z.array(z.object({ jobId: z.string(), name: z.string(), progress: z.number() })),
  /** Failures of class `node` in the last hour; at 3 within it the node rests. */
  recentFailures: z.number().int(),
  lastError: jobError.optional(),
  lastSeenAtMs: z.number().optional()
})
export type NodeView = z.infer<typeof nodeView>

/** An instance that was found and is not of the lab: nothing but what mDNS tells. */
export const nearbyNode = z.object({ instance: z.string(), host: z.string(), port: z.number().int() })
export type NearbyNode = z.infer<typeof nearbyNode>
