import { resolve } from 'node:path'
import { type SettingKey, settingsSchema } from '../../shared/settings.ts'
import type { ServeInvocation } from './invocation.ts'
import type { Words } from './read-options.ts'

const flags = {
  name: 'name',
  host: 'host',
  port: 'port',
  'ui-port': 'uiPort',
  interface: 'interface',
  slots: 'slots'
} as const satisfies Record<string, SettingKey>

export function readServe(
  words: Words,
  shared: Pick<ServeInvocation, 'dataDir' | 'json'>,
  cwd: string
): ServeInvocation {
  if (words.rest.length > 0) words.refuse(`serve takes no "${words.rest[0]}".`)
  const config = words.text('config')
  return {
    command: 'serve',
    ...shared,
    overrides: readOverrides(words),
    configFile: config === undefined ? undefined : resolve(cwd, config),
    supervised: words.flag('supervised')
  }
}

function readOverrides(words: Words): ServeInvocation['overrides'] {
  const overrides: ServeInvocation['overrides'] = {}
  for (const [flag, key] of Object.entries(flags)) {
    const text = words.text(flag)
    if (text !== undefined) overrides[key] = checked(words, flag, key, text)
  }
  const peers = words.texts('peer')
  if (peers) overrides.peers = peers.map((peer) => checkedPeer(words, peer))
  if (words.flag('no-local-work')) overrides.localWork = false
  return overrides
}

function checked(words: Words, flag: string, key: SettingKey, text: string): unknown {
  const parsed = settingsSchema.shape[key].safeParse(text)
  // Number('') is 0, which would be a port.
  if (parsed.success && text.trim() !== '') return parsed.data
  const rule = parsed.error?.issues[0]?.message ?? 'must not be empty'
  return words.refuse(`--${flag} "${text}" does not fit: ${rule}.`)
}

function checkedPeer(words: Words, peer: string): string {
  const port = Number(/^.+:(\d{1,5})$/.exec(peer)?.[1])
  return port >= 1 && port <= 65535 ? peer : words.refuse(`--peer "${peer}" is not of the form HOST:PORT.`)
}
