import type { StoredJob } from '../jobs/index.ts'

/** The command that does a job again, to be pasted into a POSIX shell, or on Windows into PowerShell or the old one. */
export function commandOf(job: Pick<StoredJob, 'source' | 'profile' | 'sink'>, platform: string): string {
  const quote = platform === 'win32' ? quoteForWindows : quoteForPosix
  const options = Object.entries(job.profile.options).flatMap(([key, value]) =>
    value === undefined ? [] : ['--set', quote(`${key}=${String(value)}`)]
  )
  const name = job.sink.name === undefined ? [] : ['--name', quote(job.sink.name)]
  const to = ['--to', job.profile.name, '--out', quote(job.sink.dir)]
  const words = ['convert', quote(job.source.path), ...to, ...name, ...options]
  return `microtome ${words.join(' ')}`
}

function quoteForPosix(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/** Both shells take double quotes, and a Windows path holds none. A word that needs none gets none: `"C:\\"` would swallow its end. */
function quoteForWindows(word: string): string {
  return /^[\w=:./\\-]+$/.test(word) ? word : `"${word}"`
}
