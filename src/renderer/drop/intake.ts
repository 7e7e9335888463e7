import { notifications } from '@mantine/notifications'
import { acceptsKind, type Kind, type Profile } from '../../shared/domain/profiles.ts'
import { api } from '../api/client.ts'
import { toProblem } from '../api/problem.ts'
import { plural } from '../format/quantity.ts'
import { notifyProblem } from '../problem/index.ts'
import { useLab } from '../state/lab-store.ts'
import { useView } from '../state/view-store.ts'
import { type DroppedFile, toUploads } from './dropped-file.ts'
import { lookAt } from './look.ts'
import { emptySheet, isBusy, keyOf, submittable, useSheet } from './sheet-store.ts'
import { UploadQueue } from './upload-queue.ts'

/** What belongs to the sheet that is open: one drop may follow another into the same. */
interface Session {
  cancel: AbortController
  queue: UploadQueue | undefined
  limitBytes: Promise<number>
}
let session: Session | undefined

/** Opens the sheet, or adds to the one that is open. */
function openSession(): Session {
  if (session) return session
  useSheet.setState({ ...emptySheet, opened: true }, true)
  session = { cancel: new AbortController(), queue: undefined, limitBytes: readSettings() }
  return session
}

async function readSettings(): Promise<number> {
  try {
    const { values } = await api.settings.get()
    useSheet.setState(({ profiles, destination }) => ({
      profiles: { ...profiles, ...definedOnly(values.profiles) },
      namePattern: values.namePattern,
      destination: destination === '' ? values.destination : destination
    }))
    return values.uploadLimitBytes
  } catch (error) {
    notifyProblem(error)
    return Number.POSITIVE_INFINITY
  }
}

function definedOnly(profiles: Partial<Record<Kind, Profile | undefined>>): Partial<Record<Kind, Profile>> {
  return Object.fromEntries(Object.entries(profiles).filter(([, profile]) => profile !== undefined))
}

/** Paths of this computer, used in place. */
export async function takePaths(paths: string[]): Promise<void> {
  if (paths.length === 0) return
  const { cancel } = openSession()
  await lookAt({ paths }, cancel.signal)
}

/**
 * Files of a browser, copied to the node. They may come one by one, as a walk through a folder finds them; nothing is sent before
 * all are known, because which belong to one slide is seen only then.
 */
export async function takeFiles(files: AsyncIterable<DroppedFile> | Iterable<DroppedFile>): Promise<void> {
  const mine = openSession()
  useSheet.setState(({ looking }) => ({ looking: looking + 1 }))
  try {
    const limitBytes = await mine.limitBytes
    mine.queue ??= new UploadQueue(mine.cancel.signal, limitBytes)
    const all: DroppedFile[] = []
    for await (const file of files) {
      mine.cancel.signal.throwIfAborted()
      all.push(file)
    }
    const uploads = await toUploads(all)
    mine.cancel.signal.throwIfAborted()
    mine.queue.add(uploads)
  } catch (error) {
    if (!mine.cancel.signal.aborted) notifyProblem(error)
  } finally {
    if (!mine.cancel.signal.aborted) useSheet.setState(({ looking }) => ({ looking: looking - 1 }))
  }
}

/** Takes one recognised file out of the drop. */
export function leaveOut(key: string): void {
  useSheet.setState(({ items }) => ({ items: items.filter((item) => keyOf(item) !== key) }))
}

/** Closes the sheet without starting anything; what was copied goes. */
export function discard(): void {
  close(new Set())
}

function close(keep: ReadonlySet<string>): void {
  const ending = session
  session = undefined
  ending?.cancel.abort()
  useSheet.setState({ opened: false })
  void ending?.queue?.forget(keep)
}

/** Starts what was recognised; while files are still on their way, as soon as they are there. */
export function start(): void {
  if (isBusy(useSheet.getState())) useSheet.setState(({ armed }) => ({ armed: !armed }))
  else void submit()
}

useSheet.subscribe((sheet) => {
  if (sheet.opened && sheet.armed && !sheet.submitting && !isBusy(sheet)) void submit()
})

async function submit(): Promise<void> {
  const sheet = useSheet.getState()
  const video = useLab.getState().status?.video.available ?? true
  const items = submittable(sheet.items, video)
  if (items.length === 0) return useSheet.setState({ armed: false })
  useSheet.setState({ submitting: true, armed: false, problem: undefined })
  const uploadIds = items.flatMap((item) => item.uploadId ?? [])
  const paths = items.filter((item) => item.uploadId === undefined).map((item) => item.path)
  const { destination, priority, onExists } = sheet
  const namePattern = sheet.namePattern.trim()
  try {
    const profiles = profilesFor(sheet.profiles, new Set(items.map((item) => item.kind)))
    const { jobs, refused } = await api.submit({
      paths,
      uploadIds,
      profiles,
      destination,
      priority,
      onExists,
      namePattern
    })
    close(new Set(uploadIds))
    useView.getState().show('queue')
    if (refused.length > 0) tellRefused(jobs.length, refused)
  } catch (error) {
    useSheet.setState({ problem: toProblem(error) })
  } finally {
    useSheet.setState({ submitting: false })
  }
}

function tellRefused(taken: number, refused: readonly { name: string; error: { message: string } }[]): void {
  const first = refused[0]
  notifications.show({
    color: 'orange',
    title: `${plural(taken, 'file')} added, ${plural(refused.length, 'file')} refused`,
    message: first ? `${first.name}: ${first.error.message}` : '',
    autoClose: 15_000
  })
}

/** One profile for each kind that occurs. */
function profilesFor(profiles: Record<Kind, Profile>, kinds: ReadonlySet<Kind>): Partial<Record<Kind, Profile>> {
  const wanted = Object.entries(profiles).filter(([kind, profile]) =>
    [...kinds].some((present) => present === kind && acceptsKind(profile.name, present))
  )
  return Object.fromEntries(wanted)
}
