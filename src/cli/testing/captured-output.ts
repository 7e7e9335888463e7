import { PassThrough } from 'node:stream'
import { type Output, openOutput } from '../output/index.ts'

/** What a command said, as text and as the JSON lines that it is made of. */
export interface Captured {
  output: Output
  text(): string
  stderr(): string
  events(): Record<string, unknown>[]
}

export function captureOutput({ json, terminal }: { json: boolean; terminal?: { rows: number } }): Captured {
  const stdout = Object.assign(new PassThrough(), terminal && { isTTY: true, ...terminal })
  const stderr = new PassThrough()
  const kept = { stdout: '', stderr: '' }
  stdout.on('data', (part) => (kept.stdout += part))
  stderr.on('data', (part) => (kept.stderr += part))
  return {
    output: openOutput(json, stdout, stderr),
    text: () => kept.stdout,
    stderr: () => kept.stderr,
    events: () =>
      kept.stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line))
  }
}
