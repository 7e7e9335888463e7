import { describe, expect, test } from 'vitest'
import { holdInPlace } from './navigation.ts'
import { type RuledSession, ruleSession } from './session-rules.ts'

/** A session that remembers what it was told, to be asked as Chromium asks. */
class FakeSession implements RuledSession {
  request: Parameters<RuledSession['setPermissionRequestHandler']>[0] = () => undefined
  check: Parameters<RuledSession['setPermissionCheckHandler']>[0] = () => true
  before: Parameters<RuledSession['webRequest']['onBeforeRequest']>[1] = () => undefined
  readonly webRequest: RuledSession['webRequest'] = {
    onBeforeRequest: (_filter, listener) => {
      this.before = listener
    }
  }

  setSpellCheckerEnabled(): void {}
  setPermissionRequestHandler(handler: FakeSession['request']): void {
    this.request = handler
  }
  setPermissionCheckHandler(handler: FakeSession['check']): void {
    this.check = handler
  }
}

function ruled(): FakeSession {
  const session = new FakeSession()
  ruleSession(session)
  return session
}

const page = (url: string) => ({ getURL: () => url })
const ours = page('microtome://app/')

describe('the rules of the session', () => {
  const permissions = ['media', 'geolocation', 'notifications', 'hid', 'usb', 'openExternal', 'clipboard-read']

  test.each(permissions)('deny %s', (permission) => {
    const { request, check } = ruled()
    const answers: boolean[] = []
    request(ours, permission, (isGranted) => answers.push(isGranted))
    expect([...answers, check(ours, permission)]).toEqual([false, false])
  })

  test.each(['loopback-network', 'fullscreen', 'clipboard-sanitized-write'])(
    'grant %s to our page only',
    (permission) => {
      const { check } = ruled()
      expect(check(ours, permission)).toBe(true)
      expect(check(page('https://example.org/'), permission)).toBe(false)
      expect(check(null, permission)).toBe(false)
    }
  )

  test.each([
    ['ws://127.0.0.1:4711/rpc', false],
    ['ws://127.0.0.1:4711/other', true],
    ['ws://192.168.1.5:4711/rpc', true],
    ['ws://127.0.0.1.example.org:80/rpc', true],
    ['https://example.org/a.js', true],
    ['http://127.0.0.1:4711/', true],
    ['file:///etc/passwd', true]
  ])('of %s say cancel: %s', (url, isCancelled) => {
    const answers: boolean[] = []
    ruled().before({ url }, ({ cancel }) => answers.push(cancel))
    expect(answers).toEqual([isCancelled])
  })
})

describe('a page', () => {
  function held() {
    const listeners = new Map<string, (event: { preventDefault(): void }) => void>()
    const openers: ((details: { url: string }) => { action: string })[] = []
    const opened: string[] = []
    holdInPlace(
      {
        on: (event, listener) => listeners.set(event, listener),
        setWindowOpenHandler: (opener) => openers.push(opener)
      },
      async (url) => void opened.push(url)
    )
    return { listeners, opened, open: (url: string) => openers[0]?.({ url }) }
  }

  test('goes nowhere, and embeds nothing', () => {
    const { listeners } = held()
    const prevented: string[] = []
    for (const [event, listener] of listeners) listener({ preventDefault: () => prevented.push(event) })
    expect(prevented).toEqual(['will-frame-navigate', 'will-redirect', 'will-attach-webview'])
  })

  test('opens no window; links of ours open in the browser, others nowhere', () => {
    const { open, opened } = held()
    for (const url of ['https://nodejs.org/', 'https://nodejs.org.example.org/', 'file:///bin/sh', 'microtome://app/'])
      expect(open(url)).toEqual({ action: 'deny' })
    expect(opened).toEqual(['https://nodejs.org/'])
  })
})
