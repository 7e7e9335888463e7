import { resolve } from 'node:path'
import { distconvOptions } from './distconv-options.ts'
import type { DispatchInvocation, ServeInvocation } from './invocation.ts'
import type { Words } from './read-options.ts'
import { readOverrides } from './read-serve.ts'

/** Of `serve`; its `--port` and `--host` are for paired nodes and would mean two things here. */
const nodeFlags = ['name', 'ui-port', 'interface', 'slots']

export function readDispatch(
  words: Words,
  shared: Pick<ServeInvocation, 'dataDir' | 'json'>,
  cwd: string,
  env: Readonly<Record<string, string | undefined>>
): DispatchInvocation {
  if (words.rest.length > 0) words.refuse(`dispatch takes no "${words.rest[0]}".`)
  const pathOf = (path: string | undefined) => (path === undefined ? undefined : resolve(cwd, path))
  const given = distconvOptions.map((option) => [option, words.text(option)] as const)
  return {
    command: 'dispatch',
    ...shared,
    overrides: readOverrides(words, nodeFlags),
    configFile: pathOf(words.text('config')),
    servicesFile: pathOf(words.text('services')),
    options: Object.fromEntries(given.filter(([, value]) => value !== undefined)),
    confFile: pathOf(words.text('server-conf') ?? env.DISTCONV_CONFIG),
    env,
    cwd
  }
}
