import { oc } from '@orpc/contract'
import { z } from 'zod'
import { report, taskProgress } from '../domain/jobs.ts'
import { workerStatus } from '../domain/nodes.ts'
import { kind, profile } from '../domain/profiles.ts'
import { jobError } from '../errors.ts'

/** Unequal majors are shown and given no work; unknown fields are tolerated within a major. */
export const protocolVersion = { major: 1, minor: 0 } as const

export const hello = z.object({
  protocol: z.object({ major: z.number().int(), minor: z.number().int() }),
  nodeId: z.string(),
  name: z.string().max(80),
  version: z.string(),
  /** Port of its own peer door, so that the other side can dial back and remember it. */
  port: z.number().int()
})
export type Hello = z.infer<typeof hello>

/** One entry of the roster, signed by a member; a removal wins for ever. Keys and signatures are base64. */
export const rosterEntry = z.object({
  type: z.enum(['add', 'remove']),
  nodeId: z.string(),
  publicKey: z.string(),
  name: z.string().max(80),
  atMs: z.number(),
  byNodeId: z.string(),
  byPublicKey: z.string(),
  signature: z.string()
})
export type RosterEntry = z.infer<typeof rosterEntry>

/** Where a member was reached, told so that nodes which know only a common third find each other; the pinned key decides. */
export const memberAddress = z.object({ nodeId: z.string(), address: z.string().max(300) })
export type MemberAddress = z.infer<typeof memberAddress>

const rosterNews = z.object({
  entries: z.array(rosterEntry).max(5000),
  addresses: z.array(memberAddress).max(1000).default([])
})

const fencing = z.object({ taskId: z.string(), epoch: z.number().int() })

/** A file or a stored zip of files that travels, named by an id that only the two nodes know. */
export const blobRef = z.object({ blobId: z.string(), sizeBytes: z.number().int().nonnegative() })
export type BlobRef = z.infer<typeof blobRef>

/** A task lent to a worker. `name` only where the lab shares file names. */
export const taskOffer = fencing.extend({
  kind,
  profile,
  source: blobRef,
  /** The source blob is a stored zip of a slide's files; `main` is what to convert in it: a file, or the folder that is the slide. */
  packed: z.object({ main: z.string() }).optional(),
  name: z.string().optional()
})
export type TaskOffer = z.infer<typeof taskOffer>

/** What a finished task hands over: a blob (`packed`: a stored zip of `files`, else the one file) and what the converter said. */
export const taskResult = z.object({
  blob: blobRef,
  packed: z.boolean(),
  files: z.array(z.object({ path: z.string(), sizeBytes: z.number() })).optional(),
  primary: z.string(),
  report,
  runMs: z.number()
})
export type TaskResult = z.infer<typeof taskResult>

export const heldLease = fencing.extend({
  state: z.enum(['running', 'finished', 'failed']),
  progress: taskProgress.optional()
})
export type HeldLease = z.infer<typeof heldLease>

const ok = z.object({ ok: z.literal(true) })
/** `stale`: a newer epoch exists; the caller drops the task and its result. */
const verdict = z.object({ verdict: z.enum(['ok', 'stale']) })

/** The door between paired nodes: WebSocket over TLS 1.3, keys pinned to the roster. Each node serves all of it. */
export const peerContract = {
  /** The first call on every connection, both ways. */
  hello: oc.input(hello).output(hello),
  roster: oc.input(rosterNews).output(rosterNews),
  /** Called on a master by its workers: whenever something changed. */
  workerStatus: oc.input(workerStatus).output(ok),
  /** Called on a worker. Refusing costs the job nothing. */
  offer: oc.input(taskOffer).output(z.object({ accepted: z.boolean(), reason: z.string().optional() })),
  cancel: oc.input(fencing).output(ok),
  /** Called on a worker by a master that restarted: which leases of mine do you hold? */
  held: oc.output(z.array(heldLease)),
  /** Called on a worker: the master has the result whole (or will never want it), scratch may go. */
  settled: oc.input(fencing).output(ok),
  /** Called on a master every 2 s while a worker holds leases of it. Answers with those that are no longer valid. */
  heartbeat: oc
    .input(z.object({ leases: z.array(fencing.extend({ progress: taskProgress })) }))
    .output(z.object({ stale: z.array(fencing) })),
  /** Called on a master: the result is ready (dialled by the master: it GETs the blob; else the worker PUTs it to `uploadTo` and calls `delivered`). */
  finished: oc
    .input(fencing.extend({ result: taskResult }))
    .output(verdict.extend({ uploadTo: z.string().optional() })),
  delivered: oc.input(fencing.extend({ sha256: z.string() })).output(verdict),
  failed: oc.input(fencing.extend({ error: jobError })).output(verdict),
  /** Called on a master: the worker gives the lease back (pause now, quit); costs no attempt. */
  released: oc.input(fencing.extend({ reason: z.string() })).output(verdict),
  /** SHA-256 of a blob of the callee, to compare after a transfer. */
  digest: oc.input(z.object({ blobId: z.string() })).output(z.object({ sha256: z.string() })),
  pause: oc.input(z.object({ now: z.boolean() })).output(ok),
  resume: oc.output(ok)
}
export type PeerContract = typeof peerContract
