import { create } from 'zustand'
import type { Recognised, Unrecognised } from '../../shared/contract/local.ts'
import type { OnExists, Priority } from '../../shared/domain/jobs.ts'
import { plainNamePattern } from '../../shared/domain/name-pattern.ts'
import { type Kind, type Profile, parseProfile } from '../../shared/domain/profiles.ts'
import type { JobError } from '../../shared/errors.ts'

/** A file that a browser streams to the node. */
export interface Upload {
  key: string
  name: string
  sizeBytes: number
  sentBytes: number
  state: 'waiting' | 'sending' | 'sent' | 'failed'
}

export interface SheetState {
  opened: boolean
  items: readonly Recognised[]
  unrecognised: readonly Unrecognised[]
  /** By key; empty where paths are used in place. */
  uploads: ReadonlyMap<string, Upload>
  /** Looks under way: files may still come. */
  looking: number
  profiles: Record<Kind, Profile>
  destination: string
  priority: Priority
  onExists: OnExists
  /** What results are called, as typed. */
  namePattern: string
  /** Start was pressed while files were still being copied or looked at. */
  armed: boolean
  submitting: boolean
  problem: JobError | undefined
}

export const emptySheet: SheetState = {
  opened: false,
  items: [],
  unrecognised: [],
  uploads: new Map(),
  looking: 0,
  profiles: { slide: parseProfile('dzi'), image: parseProfile('webp'), video: parseProfile('h264') },
  destination: '',
  priority: 'normal',
  onExists: 'rename',
  namePattern: plainNamePattern,
  armed: false,
  submitting: false,
  problem: undefined
}

/** The sheet that a drop opens: what was recognised, and what is to become of it. */
export const useSheet = create<SheetState>()(() => emptySheet)

/** What a recognised or unrecognised thing is known by within the sheet. */
export function keyOf(item: { path: string; uploadId?: string | undefined }): string {
  return item.uploadId ?? item.path
}

/** Whether files are still being copied or looked at. */
export function isBusy(sheet: Pick<SheetState, 'looking' | 'uploads'>): boolean {
  if (sheet.looking > 0) return true
  for (const upload of sheet.uploads.values()) if (upload.state === 'waiting' || upload.state === 'sending') return true
  return false
}

export interface UploadTotals {
  count: number
  sent: number
  sizeBytes: number
  sentBytes: number
}

/** How far the copying is, over all files. */
export function totalsOf(uploads: ReadonlyMap<string, Upload>): UploadTotals {
  const totals = { count: 0, sent: 0, sizeBytes: 0, sentBytes: 0 }
  for (const upload of uploads.values()) {
    if (upload.state === 'failed') continue
    totals.count += 1
    totals.sizeBytes += upload.sizeBytes
    totals.sentBytes += upload.sentBytes
    if (upload.state === 'sent') totals.sent += 1
  }
  return totals
}

/** The kinds among the recognised things, with how many of each. */
export function countKinds(items: readonly Recognised[]): Record<Kind, number> {
  const counts = { slide: 0, image: 0, video: 0 }
  for (const item of items) counts[item.kind] += 1
  return counts
}

/** What will be submitted: everything recognised, without videos where this lab can't convert them. */
export function submittable(items: readonly Recognised[], videoAvailable: boolean): readonly Recognised[] {
  return videoAvailable ? items : items.filter((item) => item.kind !== 'video')
}

/** The same file dropped twice is one file. */
export function withoutDoubles<T extends { path: string; uploadId?: string | undefined }>(
  before: readonly T[],
  more: readonly T[]
): T[] {
  const known = new Set(before.map(keyOf))
  return [...before, ...more.filter((item) => !known.has(keyOf(item)) && known.add(keyOf(item)))]
}
