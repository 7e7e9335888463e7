import type { LocalEvent } from '../../shared/contract/local.ts'
import type { Job, Submission } from '../../shared/domain/jobs.ts'
import type { Clock } from '../clock.ts'
import { Batch, type EventHub, inTurns, Subscription, type Topics } from '../events/index.ts'

/** What the feed reads when something changed. */
export interface FeedSources {
  job(id: string): Promise<Job | undefined>
  submission(id: string): Promise<Submission | undefined>
  status(): Promise<LocalEvent & { type: 'status' }>
  nodes(): LocalEvent & { type: 'nodes' }
  nearby(): LocalEvent & { type: 'nearby' }
}

const periodMs = 250

/**
 * One stream of changes for one page. Changes are collected for a quarter of a second and read when they are sent, so a
 * thousand progress reports cost one look at each job, and a slow page is never flooded with what is no longer true.
 */
export function eventFeed(
  clock: Clock,
  hub: EventHub,
  sources: FeedSources,
  onBug: (thrown: unknown) => void
): Subscription<LocalEvent> {
  const stops: (() => void)[] = []
  const stop = () => {
    for (const one of stops.splice(0)) one()
  }
  const subscription = new Subscription<LocalEvent>(stop)
  // One after the other: what was read first is said first, or an old state would be shown last.
  const sending = <K>(send: (keys: K[]) => Promise<void>) => {
    let last = Promise.resolve()
    const batch = new Batch<K>(clock, periodMs, (keys) => {
      last = last.then(() => send(keys)).catch(onBug)
    })
    stops.push(() => batch.close())
    return (key: K) => batch.add(key)
  }
  const on = <T extends keyof Topics>(topic: T, add: (value: Topics[T]) => void) => stops.push(hub.on(topic, add))

  on(
    'job',
    sending(async (ids: string[]) => pushJobs(subscription, sources, ids))
  )
  on(
    'job-removed',
    sending(async (ids: string[]) => subscription.push({ type: 'jobs-removed', ids }))
  )
  on(
    'submission',
    sending(async (ids: string[]) => pushSubmissions(subscription, sources, ids))
  )
  on(
    'nodes',
    sending(async () => subscription.push(sources.nodes()))
  )
  on(
    'nearby',
    sending(async () => subscription.push(sources.nearby()))
  )
  on(
    'status',
    sending(async () => subscription.push(await sources.status()))
  )
  // The page hears of the end by its socket; ending the stream would make it ask again at once.
  on('ending', stop)
  sources.status().then((status) => {
    subscription.push(status)
    subscription.push(sources.nodes())
    subscription.push(sources.nearby())
  }, onBug)
  return subscription
}

async function pushJobs(to: Subscription<LocalEvent>, sources: FeedSources, ids: string[]): Promise<void> {
  const jobs = await inTurns(ids, (some) => Promise.all(some.map((id) => sources.job(id))))
  to.push({ type: 'jobs', jobs: jobs.filter((job) => job !== undefined) })
}

async function pushSubmissions(to: Subscription<LocalEvent>, sources: FeedSources, ids: string[]): Promise<void> {
  for (const id of ids) {
    const submission = await sources.submission(id)
    if (submission) to.push({ type: 'submission', submission })
  }
}
