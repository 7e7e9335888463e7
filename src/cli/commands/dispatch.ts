import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import {
  confEnvironment,
  confFile,
  readServerConf,
  type ServerConf
} from '../../services/dispatch/server-conf/index.ts'
import { MicrotomeError } from '../../shared/errors.ts'
import type { DispatchInvocation, ServeInvocation } from '../arguments/index.ts'
import type { Output } from '../output/index.ts'
import { serve } from './serve.ts'

/** Where a distconv server listens unless told otherwise; how many jobs run at once there. */
const documented = { port: 8080, maxRunning: 100 }

/** Runs a node with the dispatch face, configured as a distconv server is: command line, `DISTCONV_*`, `server.conf`. */
export async function dispatch(
  invocation: DispatchInvocation,
  output: Output,
  interrupted: AbortSignal
): Promise<boolean> {
  const conf = await confOf(invocation)
  if (conf.apiKey === undefined && conf.apiKeyFile === undefined)
    output.line('No --api-key: only keys of "microtome keys create" are let in.')
  return serve(asServe(invocation, conf), output, interrupted)
}

async function confOf({ options, env, confFile: file }: DispatchInvocation): Promise<ServerConf> {
  const commandLine = { values: options, where: (name: string) => `--${name}` }
  const fromFile = file === undefined ? [] : [confFile(file, await textOf(file))]
  return readServerConf([commandLine, confEnvironment(env), ...fromFile])
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new MicrotomeError(
      {
        code: 'config-unreadable',
        class: 'input',
        message: `The configuration file ${file} could not be read.`,
        hint: 'Check --server-conf or DISTCONV_CONFIG: it must be a file that this user may read.'
      },
      { cause }
    )
  }
}

/** The one configuration: settings of the node, and of its dispatch face. */
function asServe(invocation: DispatchInvocation, conf: ServerConf): ServeInvocation {
  const { overrides, configFile, servicesFile, dataDir, json, cwd } = invocation
  return {
    command: 'serve',
    dataDir,
    json,
    configFile,
    servicesFile,
    overrides: {
      ...overrides,
      ...(conf.logLevel !== undefined && { logLevel: conf.logLevel }),
      ...(conf.engineTimeoutS !== undefined && { engineTimeoutS: conf.engineTimeoutS })
    },
    listen: [{ name: 'dispatch', host: conf.bindAddress ?? '127.0.0.1', port: conf.port ?? documented.port }],
    serviceSettings: { dispatch: faceSettings(conf, cwd) },
    needs: 'dispatch',
    supervised: false
  }
}

/** What nobody said stays as `servers.config.json` has it. */
function faceSettings(conf: ServerConf, cwd: string): Record<string, unknown> {
  const file = conf.apiKeyFile === undefined ? undefined : `file:${resolve(cwd, conf.apiKeyFile)}`
  const said = {
    apiKey: conf.apiKey ?? file,
    maxRunning: conf.maxRunning ?? documented.maxRunning,
    maxWaiting: conf.maxWaiting,
    defaultMaxRetries: conf.defaultMaxRetries,
    unused: conf.unused
  }
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined))
}
