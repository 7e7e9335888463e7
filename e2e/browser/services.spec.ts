import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import type { NodeProcess } from '../support/node-process-core.ts'
import { expectAccessible } from './support/accessible.ts'
import { expect, test } from './support/browser-test.ts'
import { pressByKeyboard } from './support/keyboard.ts'
import { openScreen } from './support/window.ts'

async function openServices(page: Page): Promise<Locator> {
  await openScreen(page, 'Settings')
  await page.getByRole('navigation', { name: 'Sections' }).getByRole('button', { name: 'Services' }).click()
  return page.getByRole('region', { name: 'Services' })
}

/** One service in the list. */
function service(page: Page, name: string): Locator {
  return page
    .getByRole('list', { name: 'Services of this computer' })
    .getByRole('listitem')
    .filter({ has: page.getByRole('heading', { name, exact: true }) })
}

function urlOf(node: NodeProcess, name: string): string {
  const url = node.ready.services?.find((one) => one.name === name)?.url
  if (url === undefined) throw new Error(`The node does not say where its service ${name} answers.`)
  return url
}

async function listJobs(node: NodeProcess, key: string): Promise<number> {
  return (await fetch(new URL('/jobs/', urlOf(node, 'dispatch')), { headers: { 'x-api-key': key } })).status
}

test('a key is created, copied and used, and revoked in the window', async ({ startNode, openPage, context }) => {
  const node = await startNode({ args: ['--listen', 'dispatch=127.0.0.1:0'] })
  const page = await openPage(node)
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(node.ready.uiUrl).origin })
  const services = await openServices(page)

  await test.step('the face shows where it answers', async () => {
    await expect(service(page, 'dispatch')).toContainText('Running')
    await expect(service(page, 'dispatch')).toContainText(urlOf(node, 'dispatch'))
    await expect(services).toContainText('No key yet')
    await expectAccessible(page, 'services')
  })

  const key = await test.step('made by keyboard alone, the key is shown once and copied', async () => {
    await pressByKeyboard(page, services.getByRole('button', { name: 'Create a key' }))
    const dialog = page.getByRole('dialog')
    await expect(dialog.getByLabel('What it is for')).toBeFocused()
    await page.keyboard.type('Export of the scanner')
    await expect(dialog.getByRole('checkbox', { name: 'Submit jobs' })).toBeChecked()
    await expect(dialog.getByRole('checkbox', { name: 'Read' })).toBeChecked()
    await page.keyboard.press('Enter')
    await expect(dialog).toContainText('This is the only time that the key is shown.')
    const shown = await dialog.getByLabel('The new key').inputValue()
    expect(shown).toMatch(/^mt_[\w-]{43}$/)
    await page.keyboard.press('Escape')
    await expect(dialog, 'a slip of the hand does not take it away').toBeVisible()
    await expectAccessible(page, 'a new key')
    await pressByKeyboard(page, dialog.getByRole('button', { name: 'Copy the key' }))
    await expect(dialog.getByRole('status')).toContainText('Copied')
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(shown)
    await dialog.getByRole('button', { name: 'Done' }).click()
    await expect(dialog).toBeHidden()
    await expect(page.locator('body')).not.toContainText(shown)
    return shown
  })

  const row = services.getByRole('row').filter({ hasText: 'Export of the scanner' })

  await test.step('it is listed with what it may do, and opens the face', async () => {
    await expect(row).toContainText('Submit jobs, read')
    await expect(row).toContainText('Never')
    await openServices(page)
    expect(await page.evaluate(() => document.scrollingElement?.scrollHeight === window.innerHeight)).toBe(true)
    expect(await listJobs(node, key)).toBe(200)
    await expect(row, 'the last use comes by itself').not.toContainText('Never')
  })

  await test.step('revoked after a question, it is gone and refused', async () => {
    await row.getByRole('button', { name: 'Revoke Export of the scanner' }).click()
    const question = page.getByRole('dialog', { name: 'Revoke this key' })
    await question.getByRole('button', { name: 'Keep it' }).click()
    expect(await listJobs(node, key)).toBe(200)
    await row.getByRole('button', { name: 'Revoke Export of the scanner' }).click()
    await question.getByRole('button', { name: 'Revoke', exact: true }).click()
    await expect(services).toContainText('No key yet')
    expect(await listJobs(node, key)).toBe(401)
  })
})

const workingModule = (exported: string) =>
  `export function ${exported}(app) {
    app.get('/hello', () => 'Hello')
    return { getStats: () => ({ uptimeMs: 200000, requests: { answered: 12000 } }) }
  }`

/** Two services in a folder, one of which does not work; answers the configuration's file and how to save it anew. */
async function twoServices(dir: string) {
  const file = join(dir, 'servers.config.json')
  const servers = ['good', 'broken'].map((name, index) => ({
    id: index + 1,
    name,
    domains: [`${name}.example`],
    server: { file: `server-${name}.mjs` }
  }))
  const save = () => writeFile(file, JSON.stringify({ global: { listeners: [{ name: 'lab', port: 0 }] }, servers }))
  await mkdir(dir)
  await writeFile(join(dir, 'server-good.mjs'), workingModule('setupGood'))
  await writeFile(join(dir, 'server-broken.mjs'), workingModule('setupSomethingElse'))
  await save()
  return { file, save }
}

test('a service that fails is explained while the others run, and runs once it is mended', async ({
  home,
  startNode,
  openPage
}) => {
  const { file, save } = await twoServices(join(home, 'services'))
  const page = await openPage(await startNode({ args: ['--services', file] }))
  await openServices(page)
  const good = service(page, 'good')
  const broken = service(page, 'broken')

  await test.step('with the reason and what to do', async () => {
    await expect(good).toContainText('Running')
    await expect(good).toContainText('good.example')
    await expect(good).toContainText('Uptime3 min 20 s')
    await expect(good).toContainText('Requests answered12,000')
    await expect(broken).toContainText('Failed')
    await expect(broken).toContainText('exports no function setupBroken')
    await expect(broken).toContainText('It exports setupSomethingElse.')
    await expect(broken).toContainText('The other services are not affected.')
    await expectAccessible(page, 'a failed service')
  })

  await test.step('and says that it runs as soon as it does', async () => {
    await writeFile(join(home, 'services', 'server-broken.mjs'), workingModule('setupBroken'))
    await save()
    await expect(broken).toContainText('Running')
    await expect(broken).not.toContainText('exports no function')
  })
})

test('what jobs by URL may do is set in the window, and the next job meets it', async ({ startNode, openPage }) => {
  const node = await startNode({ args: ['--listen', 'dispatch=127.0.0.1:0'] })
  const key = String((await node.cli('keys', 'create')).lines[0]?.key)
  const page = await openPage(node)
  const services = await openServices(page)
  const submit = async () => {
    const body = JSON.stringify({ source_url: 'http://elsewhere.example.net/a.mov', target_codec: 'h264' })
    return (
      await fetch(new URL('/jobs/', urlOf(node, 'dispatch')), { method: 'POST', headers: { 'x-api-key': key }, body })
    ).status
  }
  expect(await submit()).toBe(201)
  const hosts = services.getByRole('combobox', { name: 'Hosts of jobs by URL' })
  await hosts.fill('*.example.org')
  await hosts.press('Enter')
  await expect(services.getByText('*.example.org')).toBeVisible()
  await expect.poll(submit).toBe(400)
  for (const [label, typed] of [
    ['Largest file by URL', '1.5'],
    ['Time for a file by URL', '2'],
    ['Keep results of jobs by URL', '3']
  ] as const) {
    const field = services.getByRole('textbox', { name: label })
    await field.fill(typed)
    await field.press('Enter')
  }
  const stored = async () => JSON.parse(await readFile(join(node.dataDir, 'config.json'), 'utf8'))
  await expect.poll(stored).toMatchObject({
    urlHosts: ['*.example.org'],
    urlLimitBytes: 1.5 * 2 ** 30,
    urlTimeoutS: 7200,
    keepResultsDays: 3
  })
  await expectAccessible(page, 'jobs by URL')
})
