import { fromRpcError } from '../../shared/contract/rpc-error.ts'
import type { BackupInvocation } from '../arguments/index.ts'
import { atFolder, openStored } from '../node/index.ts'
import type { Output } from '../output/index.ts'

/** Writes a node's database into a file, while the node runs and while it does not. */
export async function backup({ dataDir, file }: BackupInvocation, output: Output): Promise<boolean> {
  await atFolder(
    dataDir,
    async ({ client, close }) => {
      await client.backup({ path: file }).finally(close)
    },
    async () => {
      const { storage, close } = await openStored(dataDir)
      try {
        storage.copyTo(file)
      } finally {
        await close()
      }
    }
  ).catch((thrown) => {
    throw fromRpcError(thrown)
  })
  output.event({ event: 'backup', file })
  output.line(`The database of ${dataDir} is copied to ${file}.`)
  return true
}
