import { existsSync, statSync } from 'node:fs'
import { extname, isAbsolute } from 'node:path'
import type { Shell } from 'electron'
import { MicrotomeError } from '../../shared/errors.ts'

/** What the system's own programs may open for the page: results, never something that runs. */
const openable: ReadonlySet<string> = new Set(
  'dzi szi tif tiff svs webp jpg jpeg png mp4 webm mkv mov json csv log'.split(' ').map((name) => `.${name}`)
)

/** Opens a result or a folder. Throws where it is gone, is of no kind that we make, or the system knows no program. */
export async function openResult(shell: Pick<Shell, 'openPath'>, path: string): Promise<void> {
  requireThere(path)
  if (!statSync(path).isDirectory() && !openable.has(extname(path).toLowerCase()))
    throw new MicrotomeError({
      code: 'not-openable',
      class: 'input',
      message: `"${path}" is none of the files that Microtome makes.`,
      hint: 'Show it in its folder and open it from there.'
    })
  const problem = await shell.openPath(path)
  if (problem !== '')
    throw new MicrotomeError({
      code: 'not-opened',
      class: 'node',
      message: `"${path}" could not be opened: ${problem}.`,
      hint: 'Install a program for this kind of file.'
    })
}

/** Shows a file in the system's file manager. Throws where it is gone. */
export function showInFolder(shell: Pick<Shell, 'showItemInFolder'>, path: string): void {
  requireThere(path)
  shell.showItemInFolder(path)
}

function requireThere(path: string): void {
  if (isAbsolute(path) && existsSync(path)) return
  throw new MicrotomeError({
    code: 'file-missing',
    class: 'input',
    message: `"${path}" is not there any more.`,
    hint: 'It may have been moved, or its drive is not connected.'
  })
}
