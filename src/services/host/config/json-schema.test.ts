import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { pagesOf } from '../build/page-build.ts'
import { conventions } from './conventions.ts'
import { serversJsonSchema } from './json-schema.ts'
import { parseServersText } from './parse-config.ts'

const at = (name: string) => fileURLToPath(new URL(`../../../../${name}`, import.meta.url))

// Brought up to date with `vitest run -u src/services/host/config`.
test('docs/servers.config.schema.json says what the configuration may hold', async () => {
  const text = JSON.stringify(serversJsonSchema(), null, 2)
  // Lists of plain values on one line, as the formatter of the repository writes them.
  const formatted = text.replace(/\[\s+([^[\]{}]*?)\s+\]/g, (_all, inner: string) => `[${inner.replace(/\s+/g, ' ')}]`)
  await expect(`${formatted}\n`).toMatchFileSnapshot(at('docs/servers.config.schema.json'))
})

test('the configuration that the product brings along is right, and what it names is there', () => {
  const config = parseServersText(readFileSync(at('resources/servers.config.json'), 'utf8'))
  for (const server of config.servers)
    expect(existsSync(at(`src/services/${conventions(server).builtin}/index.ts`)), server.name).toBe(true)
  expect(pagesOf(config, at('resources'))).toEqual([{ name: 'dashboard', html: at('src/renderer/index.html') }])
  expect(config.global.listeners).toEqual([])
})

test.each(['docs/servers-config.md', 'docs/how-to/add-a-service.md'])(
  'every configuration shown in %s is right',
  (page) => {
    const blocks = [...readFileSync(at(page), 'utf8').matchAll(/```json\n([\s\S]*?)```/g)].map(
      ([, block = '']) => block
    )
    expect(blocks.length).toBeGreaterThan(0)
    for (const block of blocks) expect(() => parseServersText(block), block).not.toThrow()
  }
)
