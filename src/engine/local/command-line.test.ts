import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import type { Profile } from '../../shared/domain/profiles.ts'
import { commandOf } from './command-line.ts'

const job = (path: string, dir: string, options: Profile['options'] = {}) => ({
  source: { type: 'file', path } as const,
  profile: { name: 'webp', options } as const,
  sink: { type: 'folder', dir } as const
})

it('writes a command that a shell reads back as the very words, whatever a file is called', () => {
  const path = `/scans/it's "5 µm" $(rm -rf) \`x\` ; & é🔬.jpg`
  const command = commandOf(job(path, '/out put', { quality: 70 }), 'linux')
  const read = execFileSync('sh', ['-c', `microtome() { printf '%s\\n' "$@"; }; ${command}`], { encoding: 'utf8' })
  expect(read.trimEnd().split('\n')).toEqual([
    ...['convert', path, '--to', 'webp', '--out', '/out put', '--set', 'quality=70']
  ])
})

it('leaves plain words bare and options that are not set out', () => {
  expect(commandOf(job('/a.jpg', '/out', { quality: 70, maxWidthPx: undefined }), 'linux')).toBe(
    'microtome convert /a.jpg --to webp --out /out --set quality=70'
  )
  const named = job('/a.jpg', '/out')
  expect(commandOf({ ...named, sink: { ...named.sink, name: 'lab 001' } }, 'linux')).toContain(
    "--out /out --name 'lab 001'"
  )
})

it('writes it for the shells of Windows there', () => {
  expect(commandOf(job('C:\\scans\\slide 1.jpg', 'D:\\'), 'win32')).toBe(
    'microtome convert "C:\\scans\\slide 1.jpg" --to webp --out D:\\'
  )
})

it('has a job by URL fetch its file first, without what the address keeps secret', () => {
  const url = 'https://user:pass@media.example.org/films/ein%20film.mov?signature=secret#part'
  const source = { type: 'url', url, path: '/data/fetched/7/ein film.mov' } as const
  const command = commandOf(
    { ...job('/a.jpg', '/out', { quality: 70 }), source, sink: { type: 'blob', dir: '/data/blobs/7' } },
    'linux'
  )
  expect(command.split('\n')).toEqual([
    "curl --fail --location --output 'ein film.mov' https://media.example.org/films/ein%20film.mov",
    "microtome convert 'ein film.mov' --to webp --out . --set quality=70"
  ])
})
