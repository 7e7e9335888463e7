import { join } from 'node:path'
import { makeSlide, slowly } from '../nodes/support/inputs.ts'
import { expect, test } from './support/browser-test.ts'
import { row } from './support/window.ts'

test('an engine that is killed and started again: the page says so, and goes on once the new address was opened', async ({
  home,
  startNode,
  openPage
}) => {
  const slide = await makeSlide(home, { name: 'large.tif', widthPx: 12_000, heightPx: 12_000 })
  const node = await startNode()
  const page = await openPage(node)
  await node.cli('submit', slide, '--to', 'szi', '--out', join(home, 'out'), ...slowly)
  await expect(row(page, 'large.tif').getByRole('progressbar')).toBeVisible()

  await node.stop('SIGKILL')
  await expect(page.getByText('Connection to Microtome interrupted')).toBeVisible()
  await expect(page.getByText('If Microtome was started again, open the address')).toBeVisible()
  await expect(row(page, 'large.tif')).toBeVisible()
  await node.restart(['--ui-port', new URL(node.ready.uiUrl).port])
  await expect(page.getByText('Microtome was restarted and no longer knows this page')).toBeVisible()

  await openPage(node)
  await expect(page.getByText('no longer knows this page')).toBeHidden()
  await expect(row(page, 'large.tif')).toContainText('Done')
})
