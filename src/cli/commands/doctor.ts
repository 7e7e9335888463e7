import type { Check } from '../../shared/contract/local.ts'
import { fromRpcError } from '../../shared/contract/rpc-error.ts'
import { toJobError } from '../../shared/errors.ts'
import { openDoor } from '../node/index.ts'
import type { Output } from '../output/index.ts'
import { checkDesktop } from './desktop-doctor.ts'
import { checkWithoutNode } from './offline-doctor.ts'

const marks: Record<Check['status'], string> = { ok: 'ok     ', warning: 'warning', failed: 'FAILED ' }

/** Says what works here and what to do about the rest; true if nothing failed. Asks the running node where there is one. */
export async function doctor(
  { dataDir, desktop }: { dataDir: string; desktop: boolean },
  output: Output
): Promise<boolean> {
  const checks = await checkNode(dataDir)
  tell(checks, output)
  const steps = desktop ? await checkDesktop() : []
  tell(steps, output)
  return [...checks, ...steps].every(({ status }) => status !== 'failed')
}

/** A node that runs but doesn't answer is the finding, not the end of the examination. */
async function checkNode(dataDir: string): Promise<Check[]> {
  try {
    const door = await openDoor(dataDir)
    if (!door) return await checkWithoutNode(dataDir)
    try {
      return await door.client.doctor()
    } finally {
      door.close()
    }
  } catch (thrown) {
    const { message, hint } = toJobError(fromRpcError(thrown))
    return [{ name: 'Running node', status: 'failed', detail: message, hint }, ...(await checkWithoutNode(dataDir))]
  }
}

function tell(checks: readonly Check[], output: Output): void {
  for (const { name, status, detail, hint } of checks) {
    output.event({ event: 'check', name, status, detail, ...(hint !== undefined && { hint }) })
    output.line(`${marks[status]}  ${name}: ${detail}`)
    if (hint !== undefined) output.line(`         ${hint}`)
  }
}
