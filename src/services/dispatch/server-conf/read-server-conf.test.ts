import { expect, test } from 'vitest'
import { toJobError } from '../../../shared/errors.ts'
import { type ConfSource, confEnvironment, confFile, readServerConf } from './index.ts'

/** The file as the document shows it. */
const documentedFile = `# DistConv Dispatch Server Configuration

# Security
api_key = your-secure-api-key

# Network
port = 8080
bind_address = 0.0.0.0

# State Management
state_file = /opt/distconv/server/data/server_state.json
auto_save_interval = 30

# Performance
max_concurrent_jobs = 100
engine_timeout_seconds = 300
job_queue_max_size = 1000

# Logging
log_level = INFO
log_file = /opt/distconv/server/logs/dispatch.log
log_rotation = daily
log_max_files = 30

# Engine Management
engine_heartbeat_timeout = 180
engine_benchmark_interval = 3600
auto_retry_failed_jobs = true
max_job_retries = 3
`

const commandLine = (values: Record<string, string>): ConfSource => ({ values, where: (name) => `--${name}` })

function refusal(...sources: ConfSource[]) {
  try {
    readServerConf(sources)
  } catch (thrown) {
    return toJobError(thrown)
  }
  return undefined
}

test('the documented file is read whole; what has no meaning here is named', () => {
  expect(readServerConf([confFile('server.conf', documentedFile)])).toEqual({
    apiKey: 'your-secure-api-key',
    apiKeyFile: undefined,
    port: 8080,
    bindAddress: '0.0.0.0',
    logLevel: 'info',
    maxRunning: 100,
    maxWaiting: 1000,
    engineTimeoutS: 180,
    defaultMaxRetries: 3,
    unused: [
      'auto_save_interval',
      'engine_benchmark_interval',
      'log_file',
      'log_max_files',
      'log_rotation',
      'state_file'
    ]
  })
})

test('both documented profiles are read', () => {
  const fast =
    'max_concurrent_jobs = 500\nengine_timeout_seconds = 60\njob_queue_max_size = 5000\nauto_save_interval = 10\nthread_pool_size = 16'
  expect(readServerConf([confFile('f', fast)])).toMatchObject({
    maxRunning: 500,
    engineTimeoutS: 60,
    maxWaiting: 5000,
    unused: ['auto_save_interval', 'thread_pool_size']
  })
  const small = 'max_concurrent_jobs = 50\njob_queue_max_size = 200\nauto_save_interval = 60\ncleanup_interval = 300'
  expect(readServerConf([confFile('f', small)])).toMatchObject({ maxRunning: 50, maxWaiting: 200 })
})

test('the command line beats the environment, and that beats the file', () => {
  const file = confFile('server.conf', 'port = 1\nlog_level = ERROR\nmax_job_retries = 9')
  const environment = confEnvironment({ DISTCONV_PORT: '2', DISTCONV_LOG_LEVEL: 'debug', HOME: '/root' })
  expect(readServerConf([commandLine({ port: '3' }), environment, file])).toMatchObject({
    port: 3,
    logLevel: 'debug',
    defaultMaxRetries: 9,
    unused: []
  })
})

test('every documented variable means what the key of the file means', () => {
  const environment = confEnvironment({
    DISTCONV_API_KEY: 'k',
    DISTCONV_API_KEY_FILE: '/run/key',
    DISTCONV_PORT: '9000',
    DISTCONV_STATE_FILE: '/data/state.json',
    DISTCONV_LOG_LEVEL: 'WARN',
    DISTCONV_MAX_JOBS: '7',
    DISTCONV_ENGINE_TIMEOUT: '42',
    DISTCONV_CONFIG: '/etc/server.conf'
  })
  expect(readServerConf([environment])).toMatchObject({
    apiKey: 'k',
    apiKeyFile: '/run/key',
    port: 9000,
    logLevel: 'warn',
    maxRunning: 7,
    engineTimeoutS: 42,
    unused: ['state_file']
  })
})

test('a deployed file, which holds variables, is read too, and sections do no harm', () => {
  const content = '[server]\nDISTCONV_API_KEY=a-key\nDISTCONV_ENGINE_HEARTBEAT_TIMEOUT=181\nDISTCONV_MOCK_MODE=false'
  expect(readServerConf([confFile('f', content)])).toMatchObject({
    apiKey: 'a-key',
    engineTimeoutS: 181,
    unused: ['mock_mode (unknown)']
  })
})

test('no retries at all where failed jobs are not to be tried again', () => {
  expect(readServerConf([confFile('f', 'auto_retry_failed_jobs = false\nmax_job_retries = 3')]).defaultMaxRetries).toBe(
    0
  )
})

test.each([
  ['port', '70000', 'a whole number from 0 to 65535'],
  ['port', '80x', 'a whole number from 0 to 65535'],
  ['log_level', 'chatty', 'one of DEBUG, INFO, WARN, ERROR'],
  ['max_concurrent_jobs', '-1', 'a whole number from 1 to 1000000'],
  ['auto_retry_failed_jobs', 'maybe', 'true or false'],
  ['bind_address', 'a b', 'an address or a host name']
])('%s = %s is refused with name, value and what is allowed', (name, value, allowed) => {
  expect(refusal(confFile('server.conf', `${name} = ${value}`))).toMatchObject({
    code: 'bad-setting',
    message: `"${name}" in server.conf is "${value}".`,
    hint: `Allowed: ${allowed}.`
  })
})

test('a wrong value is named as it was given, and a key is never shown', () => {
  expect(refusal(confEnvironment({ DISTCONV_PORT: 'http' }))?.message).toBe('DISTCONV_PORT is "http".')
  expect(refusal(commandLine({ 'max-jobs': 'all' }))?.message).toBe('--max-jobs is "all".')
  expect(refusal(commandLine({ 'api-key': ' ' }))?.message).toBe('--api-key is no key.')
})
