import type { StoredJob } from '../jobs/index.ts'

/** The command that does a job again, to be pasted into a POSIX shell. */
export function commandOf(job: Pick<StoredJob, 'source' | 'profile' | 'sink'>): string {
  const options = Object.entries(job.profile.options).flatMap(([key, value]) =>
    value === undefined ? [] : ['--set', quote(`${key}=${String(value)}`)]
  )
  const words = ['convert', quote(job.source.path), '--to', job.profile.name, '--out', quote(job.sink.dir), ...options]
  return `microtome ${words.join(' ')}`
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
