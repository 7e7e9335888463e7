import { afterAll, beforeAll, expect, test } from 'vitest'
import { type HostedFace, openHosted } from './testing/open-hosted.ts'
import { type OpenApiDocument, openApiDocument, operationsOf, schemaOf } from './testing/openapi-document.ts'

let face: HostedFace
let document: OpenApiDocument

beforeAll(async () => {
  face = await openHosted()
  document = openApiDocument.parse((await face.call('GET', '/docs/json', { key: null })).json())
})
afterAll(() => face.close())

test('the document has every route of the listener, ours and those of distconv', () => {
  const names = operationsOf(document).map(({ name }) => name)
  expect(names).toEqual(
    expect.arrayContaining([
      'POST /jobs/',
      'GET /jobs/',
      'GET /jobs/{id}',
      'POST /jobs/{id}/complete',
      'POST /engines/heartbeat',
      'POST /assign_job/',
      'GET /health',
      'GET /stats',
      'GET /metrics',
      'GET /api/health',
      'POST /api/v1/jobs',
      'GET /api/v1/jobs',
      'GET /api/v1/jobs/{id}',
      'POST /api/v1/jobs/{id}/cancel',
      'POST /api/v1/jobs/{id}/retry',
      'GET /api/v1/jobs/{id}/result',
      'GET /api/v1/jobs/{id}/events',
      'GET /api/v1/events',
      'GET /api/v1/status',
      'GET /api/v1/version',
      'GET /api/v1/engines',
      'DELETE /api/v1/engines/{id}'
    ])
  )
  expect(names.filter((name) => name.includes('/docs'))).toEqual([])
})

test('every route has a summary and a tag, says who may use it, and what it answers', () => {
  for (const { name, operation } of operationsOf(document)) {
    expect([name, operation.tags?.length]).toEqual([name, 1])
    expect([name, operation.security !== undefined || operation['x-scopes'] !== undefined]).toEqual([name, true])
    expect([name, Object.keys(operation.responses).some((status) => status.startsWith('2'))]).toEqual([name, true])
    for (const { description } of Object.values(operation.responses))
      expect([name, description]).not.toEqual([name, 'Default Response'])
  }
})

test('names of operations differ, and the parts of each path are its parameters', () => {
  const ids = operationsOf(document).flatMap(({ operation }) => operation.operationId ?? [])
  expect(new Set(ids).size).toBe(ids.length)
  for (const { name, path, operation } of operationsOf(document)) {
    const parts = [...path.matchAll(/\{(\w+)\}/g)].map(([, part]) => part)
    const told = (operation.parameters ?? [])
      .filter((parameter) => parameter.in === 'path')
      .map((parameter) => parameter.name)
    expect([name, told.sort()]).toEqual([name, parts.sort()])
  }
})

test('every reference leads to a schema, and every schema is referred to', () => {
  const text = JSON.stringify(document)
  const referred = new Set([...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name))
  expect([...referred].sort()).toEqual(Object.keys(document.components.schemas).sort())
  expect([...text.matchAll(/"\$ref":"(?!#\/components\/schemas\/)/g)]).toEqual([])
})

test('every schema is one, and the examples in it fit', () => {
  let examples = 0
  for (const { place, schema } of allSchemas(document)) {
    const checks = schemaOf(document, schema)
    for (const example of (schema as { examples?: unknown[] }).examples ?? []) {
      examples += 1
      expect([place, checks.safeParse(example).error]).toEqual([place, undefined])
    }
  }
  expect(examples).toBeGreaterThan(5)
})

test('the page loads with nothing from elsewhere, and its policy lets it', async () => {
  const page = await face.call('GET', '/docs', { key: null })
  expect([page.status, page.type]).toEqual([200, 'text/html; charset=utf-8'])
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'")
  const files = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file = '']) => file)
  expect(files.length).toBeGreaterThan(4)
  for (const file of files) {
    expect(file).toMatch(/^\/docs\/static\//)
    expect([file, (await face.call('GET', file, { key: null })).status]).toEqual([file, 200])
  }
  expect(page.text).not.toMatch(/<script>|onload=/)
  const initializer = await face.call('GET', '/docs/static/swagger-initializer.js', { key: null })
  expect(initializer.text).not.toMatch(/https?:\/\/(?!stackoverflow)/)
})

/** Each schema of the document, those inside of others too. */
function allSchemas(from: unknown, place = '#', isSchema = false): { place: string; schema: unknown }[] {
  if (typeof from !== 'object' || from === null) return []
  const inner = Object.entries(from).flatMap(([key, value]) => {
    if (key === 'example' || key === 'examples' || key === 'default' || key === 'enum') return []
    const at = `${place}/${key}`
    if (key === 'schema' || key === 'items') return allSchemas(value, at, true)
    if (key === 'schemas' || key === 'properties')
      return Object.entries(value as object).flatMap(([name, schema]) => allSchemas(schema, `${at}/${name}`, true))
    return allSchemas(value, at)
  })
  return isSchema ? [{ place, schema: from }, ...inner] : inner
}
