import { fileURLToPath } from 'node:url'
import { systemClock } from '../../clock.ts'
import { openStorage, type Storage } from '../open-storage.ts'
import { newJob, newSubmission } from './sample-jobs.ts'

/** Run as a process of its own: `node write-until-killed.ts DATABASE`. Says on stdout what has become durable, a line each. */
export const writerProgram = fileURLToPath(import.meta.url)
export const jobsPerSubmission = 40

async function write(storage: Storage, round: number): Promise<void> {
  const submissionId = `s${process.pid}-${round}`
  const ids = Array.from({ length: jobsPerSubmission }, (_, i) => `${submissionId}-${i}`)
  await storage.jobs.addSubmission(
    newSubmission(submissionId),
    ids.map((id) => newJob(id, submissionId))
  )
  say('added', submissionId)
  await storage.leases.add(ids.map((taskId) => ({ taskId, jobId: taskId })))
  for (const id of ids.slice(0, 5)) {
    await storage.leases.claim(id, 'worker', 0)
    say('claimed', id)
    await storage.jobs.change(id, ['queued'], { state: 'running', startedAtMs: 1 })
    say('running', id)
    await storage.leases.settle({ taskId: id, epoch: 1 }, 'worker', 'done')
    say('settled', id)
  }
}

function say(what: string, id: string): void {
  process.stdout.write(`${what} ${id}\n`)
}

if (process.argv[1] === writerProgram) {
  const storage = openStorage(process.argv[2] ?? '', systemClock)
  for (let round = 0; ; round += 1) await write(storage, round)
}
