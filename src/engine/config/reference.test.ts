import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { settingsTable } from './reference.ts'
import { settingsJsonSchema } from './settings-json-schema.ts'

const docs = (name: string) => fileURLToPath(new URL(`../../../docs/${name}`, import.meta.url))

// Both are brought up to date with `vitest run -u src/engine/config`.

it('docs/config.schema.json says what the settings are', async () => {
  const text = JSON.stringify(settingsJsonSchema(), null, 2)
  // Lists of plain values on one line, as the formatter of the repository writes them.
  const formatted = text.replace(/\[\s+([^[\]{}]*?)\s+\]/g, (_all, inner: string) => `[${inner.replace(/\s+/g, ' ')}]`)
  await expect(`${formatted}\n`).toMatchFileSnapshot(docs('config.schema.json'))
})

it('docs/how-to/configuration.md lists every setting as it is', async () => {
  const page = readFileSync(docs('how-to/configuration.md'), 'utf8')
  const table = /(<!-- settings -->)[\s\S]*?(<!-- \/settings -->)/
  expect(page).toMatch(table)
  const upToDate = page.replace(
    table,
    (_all, open: string, close: string) => `${open}\n\n${settingsTable()}\n\n${close}`
  )
  await expect(upToDate).toMatchFileSnapshot(docs('how-to/configuration.md'))
})
