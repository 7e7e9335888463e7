import { statfs } from 'node:fs/promises'
import { MicrotomeError } from '../../shared/errors.ts'

/** What fetched and kept files leave free: the node's database and log lie on the same disk and must go on. */
const reservedBytes = 256 * 2 ** 20

/** Throws `disk-full`, class `node`, where `needBytes` don't fit into the disk of `dir` beside what must stay free. */
export async function demandRoom(dir: string, needBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(dir)
  const freeBytes = bavail * bsize
  if (freeBytes - reservedBytes >= needBytes) return
  throw new MicrotomeError({
    code: 'disk-full',
    class: 'node',
    message: `The data folder's disk has ${freeBytes} bytes free; ${needBytes} more don't fit beside the ${reservedBytes} that must stay.`,
    hint: 'Free some space, or lower "keepResultsDays" in the settings.'
  })
}
