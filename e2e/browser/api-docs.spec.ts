import { runCli } from '../support/node-process-core.ts'
import { expect, test } from './support/browser-test.ts'

test('the API is read and tried in the browser, with nothing from elsewhere', async ({ context, home, startNode }) => {
  const { lines } = await runCli(['keys', 'create', '--scope', 'read', '--data', home, '--json'])
  const node = await startNode({ dataDir: home, args: ['--listen', 'dispatch=127.0.0.1:0'] })
  const url = node.ready.services?.find(({ name }) => name === 'dispatch')?.url ?? ''
  const origins = new Set<string>()
  context.on('request', (request) => {
    // Its icons are in it as data.
    if (!request.url().startsWith('data:')) origins.add(new URL(request.url()).origin)
  })
  const page = await context.newPage()

  await page.goto(`${url}/docs`)
  await expect(page.getByRole('heading', { name: /jobs by URL/ })).toBeVisible()
  await expect(page.getByText('Submit a job').first()).toBeVisible()
  await page.getByRole('button', { name: 'Authorize' }).click()
  await page.getByLabel('Value:').fill(String(lines[0]?.key))
  await page.getByRole('button', { name: 'Apply credentials' }).click()
  await page.getByRole('button', { name: 'Close', exact: true }).click()

  const status = page.locator('#operations-system-getStatus')
  await status.getByRole('button').first().click()
  await status.getByRole('button', { name: 'Try it out' }).click()
  await status.getByRole('button', { name: 'Execute' }).click()
  await expect(status.locator('.live-responses-table')).toContainText('"status": "healthy"')
  expect([...origins]).toEqual([url])
})
