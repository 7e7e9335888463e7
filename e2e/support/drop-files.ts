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
    answered: new Promise<boolean>((resolve) => {
      window.addEventListener('dragover', () => requestAnimationFrame(() => resolve(true)), { once: true })
    })
  }))
  // What is let go before the page said that it takes it is dropped nowhere. A hand that holds still tells of it again and again, too:
  // where something else came below it since, the first time only says that it entered that.
  do await drag('dragOver')
  while (!(await over.evaluate(isAnswered)))
  await drag('drop')
  await client.detach()
}

/** Runs in the page: true once it answered, false where it did not within a moment. */
function isAnswered({ answered }: { answered: Promise<boolean> }): Promise<boolean> {
  return Promise.race([answered, new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 100))])
}
