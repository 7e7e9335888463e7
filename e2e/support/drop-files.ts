import type { Page } from '@playwright/test'

/** Drops real files and folders on the middle of the window, as a file manager does. */
export async function dropFiles(page: Page, files: string[]): Promise<void> {
  const client = await page.context().newCDPSession(page)
  const data = { items: [], files, dragOperationsMask: 1 }
  const drag = (type: 'dragEnter' | 'dragOver' | 'drop') =>
    client.send('Input.dispatchDragEvent', { type, x: 640, y: 400, data })
  await drag('dragEnter')
  await page.getByText('Drop to add these files').waitFor()
  const over = await page.evaluateHandle(() => ({
    answered: new Promise((resolve) => {
      window.addEventListener('dragover', () => requestAnimationFrame(resolve), { once: true })
    })
  }))
  await drag('dragOver')
  // What is let go before the page said that it takes it is dropped nowhere.
  await over.evaluate(({ answered }) => answered)
  await drag('drop')
  await client.detach()
}
