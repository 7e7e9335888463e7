import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { distconvOptions } from './distconv-options.ts'
import type { CommandName } from './usage.ts'
import { UsageError } from './usage-error.ts'

const shared = { data: { type: 'string' }, json: { type: 'boolean' } } as const
const sources = {
  to: { type: 'string' },
  out: { type: 'string' },
  name: { type: 'string' },
  set: { type: 'string', multiple: true }
} as const

const optionsOf: Record<CommandName, ParseArgsOptionsConfig> = {
  serve: {
    name: { type: 'string' },
    host: { type: 'string' },
    port: { type: 'string' },
    'ui-port': { type: 'string' },
    interface: { type: 'string' },
    peer: { type: 'string', multiple: true },
    slots: { type: 'string' },
    'no-local-work': { type: 'boolean' },
    config: { type: 'string' },
    services: { type: 'string' },
    listen: { type: 'string', multiple: true },
    supervised: { type: 'boolean' }
  },
  dispatch: {
    ...Object.fromEntries(distconvOptions.map((option) => [option, { type: 'string' as const }])),
    'server-conf': { type: 'string' },
    name: { type: 'string' },
    'ui-port': { type: 'string' },
    interface: { type: 'string' },
    peer: { type: 'string', multiple: true },
    slots: { type: 'string' },
    'no-local-work': { type: 'boolean' },
    config: { type: 'string' },
    services: { type: 'string' }
  },
  convert: sources,
  submit: { ...sources, priority: { type: 'string' } },
  jobs: {},
  nodes: {},
  status: {},
  cancel: {},
  retry: {},
  hold: {},
  release: {},
  pause: { now: { type: 'boolean' } },
  resume: {},
  remove: {},
  pair: { open: { type: 'boolean' } },
  backup: {},
  keys: { scope: { type: 'string', multiple: true }, label: { type: 'string' } },
  doctor: { desktop: { type: 'boolean' } }
}

/** A command's words, sorted into options and the rest. */
export class Words {
  readonly command: CommandName
  readonly rest: string[]
  readonly #values: Record<string, unknown>

  constructor(command: CommandName, args: string[]) {
    this.command = command
    const { values, positionals } = parse(command, args)
    this.#values = values
    this.rest = positionals
  }

  flag(name: string): boolean {
    return this.#values[name] === true
  }

  text(name: string): string | undefined {
    const value = this.#values[name]
    return typeof value === 'string' ? value : undefined
  }

  texts(name: string): string[] | undefined {
    const value = this.#values[name]
    return Array.isArray(value) ? value.map(String) : undefined
  }

  required(name: string): string {
    return this.text(name) ?? this.refuse(`${this.command} needs --${name}.`)
  }

  refuse(message: string): never {
    throw new UsageError(message, this.command)
  }
}

function parse(command: CommandName, args: string[]) {
  try {
    const options = { ...shared, ...optionsOf[command] }
    return parseArgs({ args, options, allowPositionals: true, strict: true })
  } catch (thrown) {
    // Node's own sentence; what follows is advice on "--" that helps nobody here.
    const text = thrown instanceof Error ? thrown.message : String(thrown)
    throw new UsageError(`${text.split(/\. |\n/)[0]?.replace(/\.$/, '')}.`, command)
  }
}
