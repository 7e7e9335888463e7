import { fromRpcError } from '../shared/contract/rpc-error.ts'
import type { Invocation } from './arguments/index.ts'
import { backup } from './commands/backup.ts'
import { convert } from './commands/convert.ts'
import { dispatch } from './commands/dispatch.ts'
import { doctor } from './commands/doctor.ts'
import { editJobs } from './commands/edit-jobs.ts'
import { keys } from './commands/keys.ts'
import { pair, pause, remove, resume } from './commands/lab.ts'
import { jobs, nodes, status } from './commands/lists.ts'
import { serve } from './commands/serve.ts'
import { submit } from './commands/submit.ts'
import { openRunningDoor } from './node/index.ts'
import type { Output } from './output/index.ts'

type AtRunningNode = Exclude<Invocation, { command: 'serve' | 'dispatch' | 'convert' | 'doctor' | 'keys' | 'backup' }>

/** Runs a command; false where it came to its end but not all went well. `interrupted` asks it to end in order. */
export async function runCommand(invocation: Invocation, output: Output, interrupted: AbortSignal): Promise<boolean> {
  switch (invocation.command) {
    case 'serve':
      return serve(invocation, output, interrupted)
    case 'dispatch':
      return dispatch(invocation, output, interrupted)
    case 'convert':
      return convert(invocation, output, interrupted)
    case 'doctor':
      return doctor(invocation, output)
    case 'backup':
      return backup(invocation, output)
    case 'keys':
      return keys(invocation, output)
    default:
      return atRunningNode(invocation, output, interrupted)
  }
}

async function atRunningNode(invocation: AtRunningNode, output: Output, interrupted: AbortSignal): Promise<boolean> {
  const door = await openRunningDoor(invocation.dataDir)
  const { client } = door
  try {
    switch (invocation.command) {
      case 'submit':
        return await submit(client, invocation, output)
      case 'jobs':
        return await jobs(client, output)
      case 'nodes':
        return await nodes(client, output)
      case 'status':
        return await status(client, output)
      case 'cancel':
      case 'retry':
      case 'hold':
      case 'release':
        return await editJobs(client, invocation, output)
      case 'pause':
        return await pause(door, invocation.now, output)
      case 'resume':
        return await resume(door, output)
      case 'remove':
        return await remove(client, invocation.node, output)
      case 'pair':
        return await pair(client, invocation.target, output, interrupted)
    }
  } catch (thrown) {
    throw fromRpcError(thrown)
  } finally {
    door.close()
  }
}
