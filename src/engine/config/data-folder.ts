import { accessSync, chmodSync, constants, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { MicrotomeError } from '../../shared/errors.ts'
import type { Clock } from '../clock.ts'
import { lockDataFolder, lockFileName } from './data-folder-lock.ts'
import { errnoOf } from './replace-file.ts'
import { type RunInfo, removeRunFile, writeRunFile } from './run-file.ts'

/** The folder of one node, held by this process. */
export interface DataFolder {
  /** Absolute path. */
  readonly dir: string
  /** Tells the CLI and the desktop how to reach this engine; readable by this user only. */
  announce(info: RunInfo): Promise<void>
  /** Takes the announcement back and lets the folder go. */
  close(): void
}

/**
 * Makes the folder if need be, for this user only, and locks it. Throws `already-running` while another engine holds it and
 * `data-folder` where it can't be used.
 */
export function openDataFolder(path: string, clock: Clock): DataFolder {
  const dir = resolve(path)
  prepare(dir)
  const lock = lockDataFolder(dir)
  // What a killed engine left: its port and token are of no use any more.
  removeRunFile(dir)
  return {
    dir,
    announce: (info) => writeRunFile(dir, info, clock),
    close() {
      removeRunFile(dir)
      lock.release()
    }
  }
}

function prepare(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    closeToOthers(dir)
    accessSync(dir, constants.R_OK | constants.W_OK)
  } catch (cause) {
    throw new MicrotomeError(
      {
        code: 'data-folder',
        class: 'node',
        message: `The data folder ${dir} can't be used (${errnoOf(cause)}).`,
        hint: 'Choose a folder that this user may write to with --data.'
      },
      { cause }
    )
  }
}

/** Closes an empty folder or one of ours; somebody's full folder (`--data /tmp`) keeps its rights. */
function closeToOthers(dir: string): void {
  if ((statSync(dir).mode & 0o077) === 0) return
  const ours = existsSync(join(dir, lockFileName)) || readdirSync(dir).length === 0
  if (!ours) return
  try {
    chmodSync(dir, 0o700)
  } catch (thrown) {
    // Drives without rights (FAT, some network shares) refuse; those folders stay as open as the drive.
    if (!['EPERM', 'ENOTSUP', 'ENOSYS'].includes(errnoOf(thrown))) throw thrown
  }
}
