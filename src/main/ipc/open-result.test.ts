import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openResult, showInFolder } from './open-result.ts'

describe('opening what the page names', () => {
  let dir = ''
  let opened: string[]
  let answer = ''
  const shell = {
    openPath: async (path: string) => {
      opened.push(path)
      return answer
    },
    showItemInFolder: (path: string) => void opened.push(path)
  }

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'microtome-open-'))
    opened = []
    answer = ''
  })
  afterEach(() => rmSync(dir, { recursive: true, force: true }))

  function file(name: string): string {
    writeFileSync(join(dir, name), '')
    return join(dir, name)
  }

  test('opens results and folders', async () => {
    const picture = file('Slide 1.WEBP')
    await openResult(shell, picture)
    await openResult(shell, dir)
    expect(opened).toEqual([picture, dir])
  })

  test('runs no programs', async () => {
    for (const name of ['a.exe', 'a.sh', 'a.desktop', 'a.lnk', 'a.app', 'a', 'a.mp4.bat'])
      await expect(openResult(shell, file(name)), name).rejects.toMatchObject({ code: 'not-openable' })
    expect(opened).toEqual([])
  })

  test('says which file has gone', async () => {
    const path = join(dir, 'gone.mp4')
    await expect(openResult(shell, path)).rejects.toMatchObject({
      code: 'file-missing',
      message: expect.stringContaining(path)
    })
    expect(() => showInFolder(shell, path)).toThrow('not there any more')
  })

  test('refuses addresses and relative paths', async () => {
    for (const path of ['https://example.org/a.png', 'file:///etc/passwd', 'a.png', '~/a.png'])
      await expect(openResult(shell, path), path).rejects.toMatchObject({ code: 'file-missing' })
  })

  test('passes on why the system could not open it', async () => {
    answer = 'No application is registered'
    await expect(openResult(shell, file('a.szi'))).rejects.toMatchObject({ code: 'not-opened' })
  })

  test('shows a file in its folder, of whatever kind it is', () => {
    const path = file('a.exe')
    showInFolder(shell, path)
    expect(opened).toEqual([path])
  })
})
