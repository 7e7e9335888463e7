import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from './support/browser-test.ts'
import { lookOfCanvas } from './support/picture.ts'
import { row, view } from './support/window.ts'

const sample = 'Sample slide.tif'

test('a newcomer sees what to do, tries the sample, and looks at its result', async ({ home, startNode, openPage }) => {
  const page = await openPage(await startNode({ name: 'Bench' }))

  await expect(page.getByRole('heading', { name: 'Drop slides, photos or videos' })).toBeVisible()
  await page.getByRole('button', { name: /^Add another computer/ }).click()
  await expect(page.getByRole('heading', { name: 'Two computers are faster than one' })).toBeVisible()
  await page.goBack()
  await page.getByRole('button', { name: 'Try it with a sample' }).click()

  await expect(row(page, sample)).toContainText('Done')
  await expect(row(page, sample)).toContainText('Bench')
  expect(existsSync(join(home, 'Microtome', 'Sample slide.dzi'))).toBe(true)

  const viewer = await view(page, sample)
  await expect.poll(async () => (await lookOfCanvas(page)).colours).toBeGreaterThan(50)
  await expect(viewer.getByRole('img', { name: /^Scale bar: \d+ (µm|mm)$/ })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(viewer).toBeHidden()
})

test('the door stays shut to whoever lacks the token, which does not stay in the address', async ({
  context,
  startNode,
  openPage
}) => {
  const node = await startNode()
  const stranger = await context.newPage()
  expect((await stranger.goto(new URL(node.ready.uiUrl).origin))?.status()).toBe(401)
  await expect(stranger.getByRole('heading')).toHaveText('This page belongs to a running Microtome')
  const page = await openPage(node)
  await expect(page.getByRole('heading', { name: 'Drop slides, photos or videos' })).toBeVisible()
  expect(page.url()).not.toContain('token')
})
