import { existsSync } from 'node:fs'
import { mkdtemp, rmdir, statfs } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Check } from '../../../shared/contract/local.ts'
import type { DoctorOptions } from './doctor-options.ts'

const gib = 2 ** 30
/** Below it a slide of usual size no longer fits. */
const scarceBytes = 5 * gib
const lackingBytes = gib / 4

export async function folderChecks({ dataDir, scratchDir, settings }: DoctorOptions): Promise<Check[]> {
  return Promise.all([
    folderCheck('Data folder', dataDir, 'Choose another with --data.'),
    folderCheck('Destination', settings.destination, 'Set "destination" to a folder on another disk.'),
    folderCheck('Scratch folder', scratchDir, 'Choose a data folder on another disk with --data.')
  ])
}

async function folderCheck(name: string, path: string, otherwise: string): Promise<Check> {
  const existing = nearestExisting(path)
  const refusal = await tryWriting(existing)
  if (refusal !== undefined)
    return { name, status: 'failed', detail: `${existing} can't be written to (${refusal})`, hint: otherwise }
  const { bavail, bsize } = await statfs(existing)
  const detail = `${path}${existing === path ? '' : ' (will be made)'}, ${((bavail * bsize) / gib).toFixed(1)} GiB free`
  const status = statusOf(bavail * bsize)
  return status === 'ok' ? { name, status, detail } : { name, status, detail, hint: `Free some space. ${otherwise}` }
}

function statusOf(freeBytes: number): Check['status'] {
  if (freeBytes < lackingBytes) return 'failed'
  return freeBytes < scarceBytes ? 'warning' : 'ok'
}

function nearestExisting(path: string): string {
  const parent = dirname(path)
  return existsSync(path) || parent === path ? path : nearestExisting(parent)
}

/** The system's code where nothing can be made in the folder. A real write tells more than its rights do. */
async function tryWriting(folder: string): Promise<string | undefined> {
  try {
    await rmdir(await mkdtemp(join(folder, '.microtome-')))
    return undefined
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'UNKNOWN'
  }
}

export function storageCheck({ storageError }: Pick<DoctorOptions, 'storageError'>): Check {
  const name = 'Job storage'
  if (storageError === undefined) return { name, status: 'ok', detail: 'nothing was set aside as damaged' }
  return { name, status: 'warning', detail: storageError.message, hint: storageError.hint }
}

export async function configCheck({ file, error }: DoctorOptions['config']): Promise<Check> {
  const name = 'Configuration'
  if (error !== undefined) {
    const hint = `${error.hint ?? 'Mend the file.'} Until then the last good settings are in force.`
    return { name, status: 'failed', detail: error.message, hint }
  }
  return { name, status: 'ok', detail: existsSync(file) ? file : `no ${basename(file)}, the defaults are in force` }
}
