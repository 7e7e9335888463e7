import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { probed } from '../converter-protocol.ts'
import { job, jobDetails, onExists, priority, submission } from '../domain/jobs.ts'
import { apiKey, keyScope, maxKeyLabelLength } from '../domain/keys.ts'
import { namePattern } from '../domain/name-pattern.ts'
import { nearbyNode, nodeView, workerState } from '../domain/nodes.ts'
import { kind, profile } from '../domain/profiles.ts'
import { serviceState } from '../domain/services.ts'
import { jobError } from '../errors.ts'
import { settingOrigin, settingsSchema } from '../settings.ts'

/** What this node is and does, for the page's header, the tray and `microtome status`. Rates over the last minute. */
export const nodeStatus = z.object({
  nodeId: z.string(),
  name: z.string(),
  version: z.string(),
  peerPort: z.number().int(),
  uiUrl: z.string(),
  dataDir: z.string(),
  /** Random name under which machines that are not of the lab find this one; absent while it is not announced. */
  instance: z.string().optional(),
  worker: workerState,
  workerReason: z.string(),
  /** Keep the machine awake: it is available to the lab, or jobs run. */
  keepAwake: z.boolean(),
  counts: z.record(z.enum(['queued', 'held', 'running', 'verifying', 'completed', 'failed', 'cancelled']), z.number()),
  /** Estimate for all that is queued and runs; absent while nothing is known. */
  remainingMs: z.number().optional(),
  video: z.object({ available: z.boolean(), hint: z.string().optional() }),
  /** Set while the configuration file is wrong and the last good one is in force. */
  configError: jobError.optional(),
  /** Set as long as a damaged database lies in the data folder, which was set aside. */
  storageError: jobError.optional()
})
export type NodeStatus = z.infer<typeof nodeStatus>

const jobIds = z.object({ ids: z.array(z.string()).max(100_000) })
const changed = z.object({ changed: z.number().int(), refused: z.array(z.object({ id: z.string(), error: jobError })) })

/**
 * A dropped thing as content tells it; `thumbnail` names its thumbnail at `GET /thumbs/<token>` of the local door. `path` may be a
 * folder that is one slide; `sizeBytes` counts all files of a source that has several.
 */
export const recognised = probed.omit({ parts: true, hasThumbnail: true }).extend({
  path: z.string(),
  name: z.string(),
  sizeBytes: z.number(),
  uploadId: z.string().optional(),
  /** Files of a source that has several, all counted in `sizeBytes`. */
  fileCount: z.number().int().optional(),
  thumbnail: z.string().optional()
})
export type Recognised = z.infer<typeof recognised>
export const unrecognised = z.object({ path: z.string(), name: z.string(), error: jobError })
export type Unrecognised = z.infer<typeof unrecognised>

const inspectEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('recognised'), item: recognised }),
  z.object({ type: z.literal('unrecognised'), item: unrecognised }),
  z.object({ type: z.literal('done'), recognised: z.number(), unrecognised: z.number() })
])

/**
 * Sources are paths on this node, or finished uploads. `profiles`: one per kind of content among the sources. `namePattern`: what
 * results are called; the node's setting where absent.
 */
export const submitInput = z.object({
  paths: z.array(z.string()).default([]),
  uploadIds: z.array(z.string()).default([]),
  profiles: z.partialRecord(kind, profile),
  destination: z.string(),
  priority: priority.default('normal'),
  onExists: onExists.default('rename'),
  namePattern: namePattern.optional()
})
export type SubmitInput = z.infer<typeof submitInput>

/** `jobs`: at most 4 batches a second, only what changed. After a reconnect, list again. */
export const localEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('status'), status: nodeStatus }),
  z.object({ type: z.literal('jobs'), jobs: z.array(job) }),
  z.object({ type: z.literal('jobs-removed'), ids: z.array(z.string()) }),
  z.object({ type: z.literal('nodes'), nodes: z.array(nodeView) }),
  z.object({ type: z.literal('nearby'), nearby: z.array(nearbyNode) }),
  z.object({ type: z.literal('submission'), submission })
])
export type LocalEvent = z.infer<typeof localEvent>

export const pairingEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('code'), code: z.string(), expiresAtMs: z.number() }),
  z.object({ type: z.literal('paired'), nodeId: z.string(), name: z.string() }),
  z.object({ type: z.literal('refused'), error: jobError, triesLeft: z.number() }),
  z.object({ type: z.literal('expired') })
])
export type PairingEvent = z.infer<typeof pairingEvent>

export const check = z.object({
  name: z.string(),
  status: z.enum(['ok', 'warning', 'failed']),
  detail: z.string(),
  hint: z.string().optional()
})
export type Check = z.infer<typeof check>

const folderEntry = z.object({
  name: z.string(),
  path: z.string(),
  isFolder: z.boolean(),
  sizeBytes: z.number().optional(),
  modifiedAtMs: z.number().optional()
})

/** The door of the page and the CLI: WebSocket on 127.0.0.1 with a per-start token. */
export const localContract = {
  status: oc.output(nodeStatus),
  /** Begins with one `status` and one `nodes` event, then whatever changes. */
  events: oc.output(eventIterator(localEvent)),
  /** Walks folders, probes content, makes thumbnails; results come as they are found. */
  inspect: oc
    .input(z.object({ paths: z.array(z.string()).default([]), uploadIds: z.array(z.string()).default([]) }))
    .output(eventIterator(inspectEvent)),
  /** What the results need on disk and how long they take, from measured rates; `seconds` absent while none are known. */
  estimate: oc
    .input(
      z.object({
        items: z.array(
          recognised.pick({
            kind: true,
            sizeBytes: true,
            widthPx: true,
            heightPx: true,
            durationS: true,
            tileSizePx: true,
            copyable: true
          })
        ),
        profiles: z.partialRecord(kind, profile),
        destination: z.string()
      })
    )
    .output(z.object({ bytes: z.number(), freeBytes: z.number(), seconds: z.number().optional() })),
  submit: oc
    .input(submitInput)
    .output(z.object({ submissionId: z.string(), jobs: z.array(job), refused: z.array(unrecognised) })),
  /** Writes a small slide into the data folder. */
  sample: oc.output(z.object({ path: z.string() })),
  jobs: {
    list: oc
      .input(
        z.object({
          cursor: z.string().optional(),
          limit: z.number().int().min(1).max(5000).default(2000),
          submissionId: z.string().optional()
        })
      )
      .output(z.object({ jobs: z.array(job), next: z.string().optional() })),
    get: oc.input(z.object({ id: z.string() })).output(jobDetails),
    cancel: oc.input(jobIds).output(changed),
    retry: oc.input(jobIds).output(changed),
    hold: oc.input(jobIds).output(changed),
    release: oc.input(jobIds).output(changed),
    /** Takes ended jobs off the list; results stay. */
    remove: oc.input(jobIds).output(changed),
    setPriority: oc.input(jobIds.extend({ priority })).output(changed)
  },
  submissions: {
    list: oc.input(z.object({ limit: z.number().int().min(1).max(500).default(50) })).output(z.array(submission)),
    get: oc.input(z.object({ id: z.string() })).output(submission),
    retryFailed: oc.input(z.object({ id: z.string() })).output(changed)
  },
  nodes: {
    list: oc.output(z.array(nodeView)),
    /** `now` gives leases back instead of finishing what runs. Works on any node of the lab. */
    pause: oc
      .input(z.object({ nodeId: z.string(), now: z.boolean().default(false) }))
      .output(z.object({ ok: z.literal(true) })),
    resume: oc.input(z.object({ nodeId: z.string() })).output(z.object({ ok: z.literal(true) })),
    /** Removes it from the lab for ever; id, unambiguous prefix of the id, or name. */
    remove: oc.input(z.object({ node: z.string() })).output(z.object({ nodeId: z.string() })),
    nearby: oc.output(z.array(nearbyNode))
  },
  pairing: {
    /** Shows six digits for 60 s; ends with `paired` or `expired`. Closing the iterator closes the code. */
    open: oc.output(eventIterator(pairingEvent)),
    /** Types the code that the other PC shows at `address` (host:port). */
    join: oc
      .input(z.object({ address: z.string(), code: z.string() }))
      .output(z.object({ nodeId: z.string(), name: z.string() }))
  },
  settings: {
    get: oc.output(
      z.object({ values: settingsSchema, origins: z.record(z.string(), settingOrigin), file: z.string() })
    ),
    /** Writes keys into the file; `null` takes a key out of it. `restart` names those that act at the next start. */
    set: oc
      .input(z.object({ values: z.record(z.string(), z.unknown()) }))
      .output(z.object({ values: settingsSchema, restart: z.array(z.string()) }))
  },
  folders: {
    /** Folders and files of this node for the browser's picker; without `path` its starting places. */
    list: oc.input(z.object({ path: z.string().optional() })).output(
      z.object({
        path: z.string(),
        parent: z.string().optional(),
        entries: z.array(folderEntry),
        places: z.array(folderEntry)
      })
    ),
    create: oc.input(z.object({ path: z.string() })).output(z.object({ path: z.string() }))
  },
  uploads: {
    /**
     * Then `PUT /uploads/<uploadId>` with `Upload-Offset`; `received` tells where to go on after a cut. With `files` the upload is
     * one slide of many files: their relative paths with `/`, sent one behind the other as one stream of `sizeBytes`, their sum.
     * `name` is then the main file among them, or the folder's name where the slide is a folder (see domain/upload-groups.ts).
     */
    create: oc
      .input(
        z.object({
          name: z.string(),
          sizeBytes: z.number().int().nonnegative(),
          files: z
            .array(z.object({ path: z.string(), sizeBytes: z.number().int().nonnegative() }))
            .max(100_000)
            .optional()
        })
      )
      .output(z.object({ uploadId: z.string(), received: z.number() })),
    get: oc.input(z.object({ uploadId: z.string() })).output(z.object({ received: z.number(), sizeBytes: z.number() })),
    remove: oc.input(z.object({ uploadId: z.string() })).output(z.object({ ok: z.literal(true) }))
  },
  services: {
    /** The HTTP faces of this node; none while its host has not told of any. */
    list: oc.output(z.array(serviceState))
  },
  /** What other programs show at this node's HTTP faces. */
  keys: {
    /** `key` is told this once. */
    create: oc
      .input(z.object({ scopes: z.array(keyScope).min(1), label: z.string().max(maxKeyLabelLength).default('') }))
      .output(apiKey.extend({ key: z.string() })),
    list: oc.output(z.array(apiKey)),
    /** From the next request on nobody gets in with it. */
    revoke: oc.input(z.object({ id: z.string() })).output(z.object({ ok: z.literal(true) }))
  },
  /** Writes the node's database, as it is now, into a file that is not there yet; the path is absolute. */
  backup: oc.input(z.object({ path: z.string().min(1) })).output(z.object({ ok: z.literal(true) })),
  doctor: oc.output(z.array(check)),
  /** Takes nothing new, waits for what runs (or gives it back with `now`), then ends the engine. */
  shutdown: oc.input(z.object({ now: z.boolean().default(false) })).output(z.object({ ok: z.literal(true) }))
}
export type LocalContract = typeof localContract
