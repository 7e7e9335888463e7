import { fromRpcError } from '../../shared/contract/rpc-error.ts'
import type { ApiKey } from '../../shared/domain/keys.ts'
import type { KeysAction, KeysInvocation } from '../arguments/index.ts'
import { type KeysOfNode, openKeys } from '../node/index.ts'
import { type Output, table } from '../output/index.ts'

/** Keys for other programs: makes one, lists them, takes one away. */
export async function keys(invocation: KeysInvocation, output: Output): Promise<boolean> {
  const node = await openKeys(invocation.dataDir)
  try {
    await act(node, invocation, output)
    return true
  } catch (thrown) {
    throw fromRpcError(thrown)
  } finally {
    await node.close()
  }
}

async function act(node: KeysOfNode, invocation: KeysAction, output: Output): Promise<void> {
  switch (invocation.action) {
    case 'create':
      return create(node, invocation, output)
    case 'list':
      return list(await node.list(), output)
    case 'revoke':
      await node.revoke(invocation.id)
      output.event({ event: 'revoked', id: invocation.id })
      output.line(`Revoked ${invocation.id}; nobody gets in with it any more.`)
  }
}

type Creation = Extract<KeysAction, { action: 'create' }>

async function create(node: KeysOfNode, wanted: Creation, output: Output): Promise<void> {
  const { id, key, scopes } = await node.create({ scopes: [...wanted.scopes], label: wanted.label })
  output.answer({ id, key, scopes })
  output.line(key)
  output.line(`This is the only time that the key is shown. Its id is ${id}; it may ${scopes.join(', ')}.`)
}

function list(found: readonly ApiKey[], output: Output): void {
  const rows = [['KEY', 'SCOPES', 'CREATED', 'LAST USED', 'LABEL']]
  for (const { id, label, scopes, createdAtMs, lastUsedAtMs } of found) {
    const createdAt = new Date(createdAtMs).toISOString()
    const lastUsedAt = lastUsedAtMs === undefined ? null : new Date(lastUsedAtMs).toISOString()
    output.event({ event: 'key', id, label, scopes, createdAt, lastUsedAt })
    rows.push([id, scopes.join(','), createdAt, lastUsedAt ?? 'never', label])
  }
  output.line(rows.length > 1 ? table(rows) : 'No keys.')
}
