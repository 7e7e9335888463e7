import { expect, test } from 'vitest'
import { parseArguments, UsageError } from './index.ts'

const env = { DISTCONV_CONFIG: 'server.conf', DISTCONV_PORT: '9' }
const parse = (...args: string[]) =>
  parseArguments(['dispatch', ...args], { cwd: '/srv', platform: 'linux', homeDir: '/home/ann', env })

test('takes every option of a distconv server as it is, and those of a node that mean one thing', () => {
  const documented = [
    '--port',
    '9000',
    '--api-key',
    's',
    '--state-file',
    'x.json',
    '--log-level',
    'DEBUG',
    '--max-jobs',
    '7'
  ]
  const deployed = ['--database', 'd.db', '--tdarr-url', 'http://t', '--tdarr-api-key', 't']
  const own = ['--interface', 'none', '--slots', '2', '--no-local-work', '--peer', 'pc7:47800', '--data', 'd', '--json']
  expect(parse(...documented, ...deployed, ...own)).toEqual({
    command: 'dispatch',
    dataDir: '/srv/d',
    json: true,
    overrides: { interface: 'none', slots: 2, peers: ['pc7:47800'], localWork: false },
    configFile: undefined,
    servicesFile: undefined,
    options: {
      port: '9000',
      'api-key': 's',
      'state-file': 'x.json',
      'log-level': 'DEBUG',
      'max-jobs': '7',
      database: 'd.db',
      'tdarr-url': 'http://t',
      'tdarr-api-key': 't'
    },
    confFile: '/srv/server.conf',
    env,
    cwd: '/srv'
  })
})

test('the file of the command line counts before the one of the environment', () => {
  expect(parse('--server-conf', '/etc/distconv.conf')).toMatchObject({ confFile: '/etc/distconv.conf', options: {} })
})

test('refuses what neither of both knows', () => {
  expect(() => parse('--host', '127.0.0.1')).toThrow(UsageError)
  expect(() => parse('now')).toThrow('dispatch takes no "now".')
})
