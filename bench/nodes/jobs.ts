import type { Door } from '../../src/cli/node/index.ts'
import { endedStates, type Job } from '../../src/shared/domain/jobs.ts'
import { kinds, type ProfileName, parseProfile } from '../../src/shared/domain/profiles.ts'

const hasEnded = ({ state }: Job) => endedStates.some((ended) => ended === state)

/** Hands files to a node as the command line does: one profile, whatever they are. Throws where one is refused. */
export async function submit(door: Door, paths: string[], profile: ProfileName, destination: string): Promise<Job[]> {
  const profiles = Object.fromEntries(kinds.map((kind) => [kind, parseProfile(profile)]))
  const { jobs, refused } = await door.client.submit({ paths, profiles, destination })
  if (refused[0]) throw new Error(`the node refused a file: ${refused[0].error.message}`)
  return jobs
}

/** Submits one file and calls `onChange` with each state of its job that the door tells, until one answers true or it ends. */
export async function follow(
  door: Door,
  file: { path: string; profile: ProfileName; destination: string },
  onChange: (job: Job) => boolean = () => false
): Promise<Job> {
  // Listening first: a quick job may be over before its submission is answered.
  const events = await door.client.events()
  const [job] = await submit(door, [file.path], file.profile, file.destination)
  if (!job) throw new Error('the submission has no job')
  for await (const event of events) {
    if (event.type !== 'jobs') continue
    const now = event.jobs.find(({ id }) => id === job.id)
    if (now && (onChange(now) || hasEnded(now))) return now
  }
  throw new Error('the node ended its events')
}

/** Converts one file and answers its job. Throws unless it completed. */
export async function convert(
  door: Door,
  file: { path: string; profile: ProfileName; destination: string }
): Promise<Job> {
  const job = await follow(door, file)
  if (job.state !== 'completed') throw new Error(`a conversion failed: ${job.error?.message ?? job.state}`)
  return job
}

/** From its first lease to its commit, by the master's clock. */
export function ranMs({ startedAtMs, endedAtMs }: Job): number {
  if (startedAtMs === undefined || endedAtMs === undefined) throw new Error('the job has not run')
  return endedAtMs - startedAtMs
}
