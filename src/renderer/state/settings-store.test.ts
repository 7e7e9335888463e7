import { afterEach, expect, test, vi } from 'vitest'

const get = vi.hoisted(() => vi.fn())
vi.mock('../api/client.ts', () => ({ api: { settings: { get, set: async () => ({ restart: [] }) } } }))
const { loadSettings, saveSetting, useSettings } = await import('./settings-store.ts')

const answer = (appearance: 'dark' | 'system') => ({ values: { appearance }, origins: {}, file: '' })

afterEach(() => useSettings.setState(useSettings.getInitialState(), true))

test('an answer that a later change overtook is left aside', async () => {
  const slow = Promise.withResolvers<ReturnType<typeof answer>>()
  get.mockReturnValueOnce(slow.promise).mockResolvedValueOnce(answer('system'))
  const loading = loadSettings()
  await saveSetting('appearance', 'system')
  slow.resolve(answer('dark'))
  await loading
  expect(useSettings.getState().values?.appearance).toBe('system')
})

test('a choice shows at once, before the engine has answered', async () => {
  get.mockResolvedValueOnce(answer('dark'))
  const saving = saveSetting('appearance', 'dark')
  expect(useSettings.getState().pending.appearance).toBe('dark')
  await saving
  expect(useSettings.getState().pending).toEqual({})
})
