import { describe, expect, test } from 'vitest'
import { parseArguments, UsageError, usageOf } from './index.ts'

const parse = (...args: string[]) =>
  parseArguments(args, { cwd: '/home/ann/slides', platform: 'linux', homeDir: '/home/ann', env: {} })

/** The sentence that a wrong command line gets. */
function refusal(...args: string[]): string {
  try {
    parse(...args)
  } catch (thrown) {
    if (thrown instanceof UsageError) return thrown.message
    throw thrown
  }
  return 'not refused'
}

describe('the command line', () => {
  test('makes files and folders absolute where it was typed', () => {
    expect(parse('convert', 'a.svs', '/b/c.tif', '--to', 'dzi', '--out', 'tiles')).toMatchObject({
      command: 'convert',
      files: ['/home/ann/slides/a.svs', '/b/c.tif'],
      out: '/home/ann/slides/tiles',
      dataDir: '/home/ann/.local/share/microtome',
      onExists: 'rename',
      json: false
    })
  })

  test('hands the options of --set to the profile, and "exists" to the submission', () => {
    const parsed = parse('convert', 'a.svs', '--to=dzi', '--out=t', '--set', 'quality=75', '--set', 'exists=skip')
    expect(parsed).toMatchObject({
      onExists: 'skip',
      profile: { name: 'dzi', options: { quality: 75, tileSizePx: 'source' } }
    })
  })

  test('takes what a slide may be made of', () => {
    for (const name of ['dzi', 'szi', 'bigtiff', 'iiif3', 'zoomify'])
      expect(parse('convert', 'a.svs', '--to', name, '--out', 'o')).toMatchObject({ profile: { name } })
    const set = ['color=srgb', 'deidentify=false', 'tileSizePx=source'].flatMap((pair) => ['--set', pair])
    expect(parse('convert', 'a.svs', '--to', 'dzi', '--out', 'o', ...set)).toMatchObject({
      profile: { options: { color: 'srgb', deidentify: false, tileSizePx: 'source' } }
    })
    expect(parse('submit', 'a.svs', '--to', 'dzi', '--out', 'o', '--set', 'tileSizePx=256')).toMatchObject({
      profile: { options: { tileSizePx: 256 } }
    })
  })

  test('names results by a pattern, or leaves that to the node', () => {
    expect(parse('convert', 'a', '--to', 'dzi', '--out', 'o')).toMatchObject({ namePattern: undefined })
    expect(parse('submit', 'a', '--to', 'dzi', '--out', 'o', '--name', 'lab {index}')).toMatchObject({
      namePattern: 'lab {index}'
    })
  })

  test('takes files behind -- as they are', () => {
    expect(parse('convert', '--to', 'webp', '--out', 'o', '--', '--odd.jpg')).toMatchObject({
      files: ['/home/ann/slides/--odd.jpg']
    })
  })

  test('reads every flag of serve into the setting that it means', () => {
    const flags = ['--name', 'Lab 1', '--host', '127.0.0.1', '--port', '0', '--ui-port', '4711', '--interface', 'none']
    const more = [
      '--peer',
      '10.0.0.2:47800',
      '--peer',
      'pc7:47800',
      '--slots',
      '3',
      '--no-local-work',
      '--config',
      'c.json',
      '--services',
      's.json',
      '--listen',
      'dispatch=127.0.0.1:8080',
      '--listen',
      'dispatch=[::1]:0'
    ]
    expect(parse('serve', ...flags, ...more, '--data', 'd', '--json')).toEqual({
      command: 'serve',
      dataDir: '/home/ann/slides/d',
      json: true,
      configFile: '/home/ann/slides/c.json',
      servicesFile: '/home/ann/slides/s.json',
      listen: [
        { name: 'dispatch', host: '127.0.0.1', port: 8080 },
        { name: 'dispatch', host: '::1', port: 0 }
      ],
      supervised: false,
      overrides: {
        name: 'Lab 1',
        host: '127.0.0.1',
        port: 0,
        uiPort: 4711,
        interface: 'none',
        peers: ['10.0.0.2:47800', 'pc7:47800'],
        slots: 3,
        localWork: false
      }
    })
  })

  test('says nothing of settings that no flag names', () => {
    expect(parse('serve')).toMatchObject({ overrides: {} })
  })

  test('tells the two forms of pair apart, and takes a code as people write it', () => {
    expect(parse('pair', '--open')).toMatchObject({ target: 'open' })
    expect(parse('pair', 'pc7:47800', '123 456')).toMatchObject({ target: { address: 'pc7:47800', code: '123456' } })
  })

  test('reads what to do with keys; one that says nothing of scopes may submit and read', () => {
    expect(parse('keys', 'create', '--data', '/d')).toMatchObject({ action: 'create', scopes: ['submit', 'read'] })
    expect(parse('keys', 'create', '--scope', 'work', '--scope', 'read')).toMatchObject({ scopes: ['work', 'read'] })
    expect(parse('keys', 'create', '--scope', 'submit, work')).toMatchObject({ scopes: ['submit', 'work'] })
    expect(parse('keys', 'create', '--label', 'Scanner 3')).toMatchObject({ label: 'Scanner 3' })
    expect(parse('keys', 'list', '--json')).toMatchObject({ command: 'keys', action: 'list', json: true })
    expect(parse('keys', 'revoke', '5b0c')).toMatchObject({ action: 'revoke', id: '5b0c' })
  })

  test('takes --data for every command', () => {
    for (const command of ['jobs', 'nodes', 'status', 'resume', 'pause', 'doctor'])
      expect(parse(command, '--data', '/d')).toMatchObject({ command, dataDir: '/d' })
    for (const command of ['cancel', 'retry', 'hold', 'release'])
      expect(parse(command, '7f', '--data', '/d')).toMatchObject({ command, jobs: ['7f'], dataDir: '/d' })
  })
})

describe('a wrong command line gets one sentence', () => {
  test.each([
    [[], 'microtome needs a command.'],
    [['konvert'], 'There is no command "konvert".'],
    [['toString'], 'There is no command "toString".'],
    ...['dispatch', 'dispatch=8080', 'dispatch=host', '=host:1', 'dispatch=host:65536', 'dispatch=::1:80'].map(
      (text): [string[], string] => [
        ['serve', '--listen', text],
        `--listen "${text}" is not of the form SERVICE=HOST:PORT, such as dispatch=127.0.0.1:8080.`
      ]
    ),
    [['convert', '--to', 'dzi', '--out', 'o'], 'convert needs at least one FILE.'],
    [['convert', 'a', '--out', 'o'], 'convert needs --to.'],
    [['convert', 'a', '--to', 'dzi'], 'convert needs --out.'],
    [['convert', 'a', '--to', 'dzi', '--out', 'o', '--set', 'quality'], '--set quality is not of the form key=value.'],
    [
      ['convert', 'a', '--to', 'dzi', '--out', 'o', '--set', 'exists=ask'],
      '--set exists=ask is none of skip, rename, replace.'
    ],
    [
      ['submit', 'a', '--to', 'dzi', '--out', 'o', '--priority', 'urgent'],
      '--priority urgent is none of stat, high, normal, low.'
    ],
    [
      ['convert', 'a', '--to', 'dzi', '--out', 'o', '--name', '{case}'],
      '--name {case} holds {case}, but only {name}, {index}, {hash} stand for something.'
    ],
    [['submit', 'a', '--to', 'dzi', '--out', 'o', '--name', ' '], '--name   has no or too many letters.'],
    [['jobs', '--fast'], "Unknown option '--fast'."],
    [['jobs', 'all'], 'jobs takes no "all".'],
    [['cancel'], 'cancel needs at least one JOB.'],
    [['remove', 'a', 'b'], 'remove takes exactly one NODE.'],
    [['keys'], 'keys needs create, list or revoke.'],
    [['keys', 'make'], 'keys takes create, list or revoke, not "make".'],
    [['keys', 'list', 'all'], 'keys list takes no "all".'],
    [['keys', 'revoke'], 'keys revoke takes exactly one ID.'],
    [['keys', 'create', '--scope', 'root'], '--scope root is none of submit, work, read, admin.'],
    [['pair', 'pc7:47800'], 'pair takes --open, or HOST:PORT and the CODE that the other computer shows.'],
    [['pair', 'pc7:47800', '12345'], 'The code has six digits, "12345" is something else.'],
    [['serve', '--peer', 'pc7'], '--peer "pc7" is not of the form HOST:PORT.']
  ])('%j', (args, sentence) => {
    expect(refusal(...args)).toBe(sentence)
  })

  test('that names the value and what is allowed, where a profile or a setting refuses it', () => {
    expect(refusal('convert', 'a', '--to', 'gif', '--out', 'o')).toMatch(/no profile "gif".*Use one of dzi, szi/)
    expect(refusal('convert', 'a', '--to', 'dzi', '--out', 'o', '--set', 'quality=200')).toMatch(
      /"quality" = "200".*100/
    )
    expect(refusal('serve', '--port', '70000')).toBe('--port "70000" is not a port from 0 (any free one) to 65535.')
    expect(refusal('serve', '--port', '')).toMatch(/^--port "" is not a port/)
  })

  test('and the usage line of its command', () => {
    expect(usageOf(new UsageError('', 'remove'))).toMatch(/^microtome remove NODE/)
    expect(usageOf(new UsageError(''))).toBeUndefined()
  })
})
