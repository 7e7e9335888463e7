import { resolve } from 'node:path'
import { type SettingKey, settingsSchema } from '../../shared/settings.ts'
import type { ServeInvocation } from './invocation.ts'
import type { Words } from './read-options.ts'

const port = 'a port from 0 (any free one) to 65535'

/** What each flag sets, and what it takes in words. */
const flags: Record<string, { key: SettingKey; takes: string }> = {
  name: { key: 'name', takes: 'a name of 1 to 80 characters' },
  host: { key: 'host', takes: 'an address of this computer' },
  port: { key: 'port', takes: port },
  'ui-port': { key: 'uiPort', takes: port },
  interface: { key: 'interface', takes: 'the name of a network interface, all, or none' },
  slots: { key: 'slots', takes: 'a whole number from 1 to 64' }
}

export function readServe(
  words: Words,
  shared: Pick<ServeInvocation, 'dataDir' | 'json'>,
  cwd: string
): ServeInvocation {
  if (words.rest.length > 0) words.refuse(`serve takes no "${words.rest[0]}".`)
  const config = words.text('config')
  const services = words.text('services')
  return {
    command: 'serve',
    ...shared,
    overrides: readOverrides(words, Object.keys(flags)),
    configFile: config === undefined ? undefined : resolve(cwd, config),
    servicesFile: services === undefined ? undefined : resolve(cwd, services),
    listen: (words.texts('listen') ?? []).map((text) => readListen(words, text)),
    supervised: words.flag('supervised')
  }
}

/** Settings of a node that `names` of the flags give; its peers and its work in any case. */
export function readOverrides(words: Words, names: readonly string[]): ServeInvocation['overrides'] {
  const overrides: ServeInvocation['overrides'] = {}
  for (const [flag, { key, takes }] of Object.entries(flags)) {
    if (!names.includes(flag)) continue
    const text = words.text(flag)
    if (text === undefined) continue
    const parsed = settingsSchema.shape[key].safeParse(text)
    // Number('') is 0, which would be a port.
    if (!parsed.success || text.trim() === '') words.refuse(`--${flag} "${text}" is not ${takes}.`)
    overrides[key] = parsed.data
  }
  const peers = words.texts('peer')
  if (peers) overrides.peers = peers.map((peer) => checkedPeer(words, peer))
  if (words.flag('no-local-work')) overrides.localWork = false
  return overrides
}

function checkedPeer(words: Words, peer: string): string {
  const port = Number(/^.+:(\d{1,5})$/.exec(peer)?.[1])
  return port >= 1 && port <= 65535 ? peer : words.refuse(`--peer "${peer}" is not of the form HOST:PORT.`)
}

/** `dispatch=127.0.0.1:8080`, `dispatch=[::1]:0`; the port 0 picks a free one. */
function readListen(words: Words, text: string): ServeInvocation['listen'][number] {
  const [, name, bracketed, plain, digits] =
    /^([A-Za-z][A-Za-z0-9-]*)=(?:\[([^\]\s]+)\]|([^\s:[\]]+)):(\d{1,5})$/.exec(text) ?? []
  const host = bracketed ?? plain
  if (name === undefined || host === undefined || Number(digits) > 65535)
    words.refuse(`--listen "${text}" is not of the form SERVICE=HOST:PORT, such as dispatch=127.0.0.1:8080.`)
  return { name, host, port: Number(digits) }
}
