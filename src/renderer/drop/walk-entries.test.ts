import { expect, it } from 'vitest'
import { type EntryLike, walkEntries } from './walk-entries.ts'

const file = (name: string) => ({
  isFile: true,
  isDirectory: false,
  name,
  file: (found: (file: File) => void) => found(new File(['x'], name))
})

/** A folder that answers 100 entries at a time, as Chromium does. */
function folder(name: string, children: EntryLike[]) {
  const left = [...children]
  const createReader = () => ({ readEntries: (found: (entries: EntryLike[]) => void) => found(left.splice(0, 100)) })
  return { isFile: false, isDirectory: true, name, createReader }
}

async function namesOf(entries: EntryLike[]): Promise<string[]> {
  const names: string[] = []
  for await (const found of walkEntries(entries)) names.push(found.path)
  return names
}

it('finds every file of nested folders, with the way to it', async () => {
  const drop = [file('a.svs'), folder('day', [file('b.svs'), folder('deeper', [file('c.jpg')])])]
  expect(await namesOf(drop)).toEqual(['a.svs', 'day/b.svs', 'day/deeper/c.jpg'])
})

it('asks a large folder until it has told everything', async () => {
  const many = Array.from({ length: 350 }, (_, index) => file(`${index}.svs`))
  expect(await namesOf([folder('many', many)])).toHaveLength(350)
})

it('leaves hidden files and folders out', async () => {
  expect(await namesOf([file('.DS_Store'), folder('.git', [file('x')]), file('a.svs')])).toEqual(['a.svs'])
})

it('fails where a folder can no longer be read', async () => {
  const broken = {
    isFile: false,
    isDirectory: true,
    name: 'gone',
    createReader: () => ({ readEntries: (_: unknown, failed: (error: unknown) => void) => failed(new Error('gone')) })
  }
  await expect(namesOf([broken])).rejects.toThrow('gone')
})
