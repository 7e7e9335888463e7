import { basename } from 'node:path'
import type { StoredJob } from '../jobs/index.ts'
import { publicUrl } from '../web/index.ts'

/**
 * The command that does a job again, to be pasted into a POSIX shell, or on Windows into PowerShell or the old one. Of a job by URL two:
 * its file is fetched first.
 */
export function commandOf(job: Pick<StoredJob, 'source' | 'profile' | 'sink'>, platform: string): string {
  const quote = platform === 'win32' ? quoteForWindows : quoteForPosix
  const options = Object.entries(job.profile.options).flatMap(([key, value]) =>
    value === undefined ? [] : ['--set', quote(`${key}=${String(value)}`)]
  )
  const name = job.sink.name === undefined ? [] : ['--name', quote(job.sink.name)]
  const { file, dir, before } = places(job, quote)
  const words = ['convert', file, '--to', job.profile.name, '--out', dir, ...name, ...options]
  return [...before, `microtome ${words.join(' ')}`].join('\n')
}

/** Source and destination, and what has to run before. */
function places({ source, sink }: Pick<StoredJob, 'source' | 'sink'>, quote: (word: string) => string) {
  if (source.type !== 'url') return { file: quote(source.path), dir: quote(sink.dir), before: [] }
  // Its own places in the data folder go with the job. Credentials and query of the address stay here.
  const file = quote(basename(source.path))
  const fetching = `curl --fail --location --output ${file} ${quote(publicUrl(new URL(source.url)))}`
  return { file, dir: '.', before: [fetching] }
}

function quoteForPosix(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/** Both shells take double quotes, and a Windows path holds none. A word that needs none gets none: `"C:\\"` would swallow its end. */
function quoteForWindows(word: string): string {
  return /^[\w=:./\\-]+$/.test(word) ? word : `"${word}"`
}
