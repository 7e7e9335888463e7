import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DesktopBridge } from '../../src/shared/bridge.ts'
import { dropFiles } from '../support/drop-files.ts'
import { expect, test } from './window-test.ts'

test.describe('first start', () => {
  test('invites a drop, offers a sample that is converted, and names the way to another computer', async ({
    page,
    open
  }) => {
    await open({ jobs: 0, nodes: 1 })
    await expect(page.getByRole('heading', { name: /^Drop slides/ })).toBeVisible()
    await expect(page.getByRole('button', { name: /^Add another computer/ })).toBeVisible()
    await page.getByRole('button', { name: 'Try it with a sample' }).click()
    await expect(page.getByRole('row').filter({ hasText: 'sample.tiff' })).toBeVisible()
  })

  test('says how to turn video on where it is off', async ({ page, open }) => {
    await open({ jobs: 0, video: false })
    await expect(page.getByText('Video is off on this computer')).toBeVisible()
    await expect(page.getByText('Install ffmpeg')).toBeVisible()
  })
})

test.describe('a drop in a browser', () => {
  test('streams files and folders, goes on after a cut, and starts when all is there', async ({
    page,
    open,
    folder
  }) => {
    const node = await open({ jobs: 0 })
    const day = join(folder, 'day', 'deeper')
    await mkdir(day, { recursive: true })
    await writeFile(join(folder, 'a.svs'), Buffer.alloc(20_000_000, 1))
    await writeFile(join(folder, 'day', 'b.jpg'), Buffer.alloc(300_000, 2))
    await writeFile(join(day, 'c.mov'), Buffer.alloc(5000, 3))
    await writeFile(join(day, 'notes.txt'), 'text')
    node.uploads.cutAfterBytes = 3_000_000
    await dropFiles(page, [join(folder, 'a.svs'), join(folder, 'day')])
    const sheet = page.getByRole('dialog', { name: 'Convert' })
    await sheet.getByRole('button', { name: /^Start/ }).click()
    await expect(sheet).toBeHidden()
    await expect(page.getByRole('grid').getByRole('row')).toHaveCount(4)
    expect(node.uploads.all().map(({ name, sizeBytes, received }) => [name, sizeBytes, received])).toEqual(
      expect.arrayContaining([
        ['a.svs', 20_000_000, 20_000_000],
        ['b.jpg', 300_000, 300_000],
        ['c.mov', 5000, 5000]
      ])
    )
  })

  test('names what it does not recognise with the reason, and what is over the limit', async ({
    page,
    open,
    folder
  }) => {
    await open({ jobs: 0, uploadLimitBytes: 1_000_000 })
    await writeFile(join(folder, 'notes.txt'), 'text')
    await writeFile(join(folder, 'large.svs'), Buffer.alloc(1_000_001))
    await writeFile(join(folder, 'fine.svs'), Buffer.alloc(1_000_000))
    await dropFiles(
      page,
      ['notes.txt', 'large.svs', 'fine.svs'].map((name) => join(folder, name))
    )
    const sheet = page.getByRole('dialog', { name: 'Convert' })
    await expect(sheet.getByText('Its content is text')).toBeVisible()
    await expect(sheet.getByText('a browser may send at most 1.00 MB')).toBeVisible()
    await expect(sheet.getByRole('button', { name: 'Start 1 file' })).toBeEnabled()
  })

  test('leaves nothing behind on the node when it is called off', async ({ page, open, folder }) => {
    const node = await open({ jobs: 0 })
    await writeFile(join(folder, 'a.svs'), Buffer.alloc(40_000_000))
    await dropFiles(page, [join(folder, 'a.svs')])
    await expect.poll(() => node.uploads.all().length).toBe(1)
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
    await expect.poll(() => node.uploads.all().length).toBe(0)
    await expect(page.getByRole('heading', { name: /^Drop slides/ })).toBeVisible()
  })

  test('recognises 300 files in one sheet of which only the rows in sight exist', async ({ page, open, folder }) => {
    await open({ jobs: 0 })
    const names = Array.from({ length: 300 }, (_, index) => join(folder, `slide-${index}.svs`))
    await Promise.all(names.map((name) => writeFile(name, 'x')))
    await dropFiles(page, [folder])
    const sheet = page.getByRole('dialog', { name: 'Convert' })
    await expect(sheet.getByRole('button', { name: 'Start 300 files' })).toBeEnabled()
    expect(await sheet.getByRole('listitem').count()).toBeLessThan(40)
  })

  test('submits the profile, options, destination and priority that were chosen', async ({ page, open, folder }) => {
    const node = await open({ jobs: 0 })
    await writeFile(join(folder, 'a.jpg'), 'x')
    await dropFiles(page, [join(folder, 'a.jpg')])
    const sheet = page.getByRole('dialog', { name: 'Convert' })
    await sheet.getByRole('combobox', { name: 'Images become' }).click()
    await page.getByRole('option', { name: 'PNG' }).click()
    await sheet.getByRole('button', { name: 'Options' }).click()
    await sheet.getByLabel('Max width (px)').fill('640')
    await sheet.getByLabel('Destination', { exact: true }).fill('/mnt/results')
    await sheet.getByRole('combobox', { name: 'Priority' }).click()
    await page.getByRole('option', { name: 'Stat' }).click()
    await sheet.getByRole('button', { name: 'Start 1 file' }).click()
    await expect(sheet).toBeHidden()
    expect(node.submitted).toMatchObject([
      {
        destination: '/mnt/results',
        priority: 'stat',
        onExists: 'rename',
        profiles: { image: { name: 'png', options: { maxWidthPx: 640, maxHeightPx: 1024 } } }
      }
    ])
  })
})

test.describe('a drop of slides', () => {
  test('says of each slide what it is and what it becomes, and of all what they need', async ({
    page,
    open,
    folder
  }) => {
    await open({ jobs: 0 })
    for (const name of ['a.svs', 'b.mrxs', 'c_incomplete.mrxs']) await writeFile(join(folder, name), 'x')
    await dropFiles(page, [folder])
    const sheet = page.getByRole('dialog', { name: 'Convert' })
    const row = (name: string) => sheet.getByRole('listitem').filter({ hasText: name })
    await expect(row('a.svs')).toContainText(/Aperio SVS.*46,920 × 33,014 px, 40x, 0.2498 µm per pixel, 4 levels/)
    await expect(row('a.svs')).toContainText(/Becomes 17 levels, 31,785 tiles, about [\d.]+ MB, tiles copied/)
    await expect(row('b.mrxs')).toContainText(/24 files.*tiles encoded/)
    await expect(row('c_incomplete')).toContainText(/Left out: Data0003.dat of its folder is missing/)
    await expect(sheet.getByText(/^2 slides become 63,570 tiles, about .* of .* free/)).toBeVisible()
    await sheet.getByRole('button', { name: 'Options' }).click()
    await sheet.getByRole('combobox', { name: 'Tile size' }).click()
    await page.getByRole('option', { name: '512 × 512 px' }).click()
    await expect(row('a.svs')).toContainText(/8,050 tiles.*tiles encoded/)
    await expect(sheet.getByText('Slides whose own tiles are not 512 px wide are encoded again')).toBeVisible()
  })

  test('warns where de-identification is turned off, and keeps that through another format', async ({
    page,
    open,
    folder
  }) => {
    const node = await open({ jobs: 0 })
    await writeFile(join(folder, 'a.svs'), 'x')
    await dropFiles(page, [join(folder, 'a.svs')])
    const sheet = page.getByRole('dialog', { name: 'Convert' })
    const warning = sheet.getByRole('note', { name: 'Not de-identified' })
    await sheet.getByRole('button', { name: 'Options' }).click()
    await expect(warning).toHaveCount(0)
    await sheet.getByRole('switch', { name: 'De-identify' }).click()
    await expect(warning).toContainText('De-identification is off')
    await expect(warning).toBeInViewport({ ratio: 1 })
    await sheet.getByRole('button', { name: 'Hide options' }).click()
    await sheet.getByRole('combobox', { name: 'Slides become' }).click()
    await page.getByRole('option', { name: 'Pyramidal BigTIFF' }).click()
    await expect(warning).toBeVisible()
    await sheet.getByRole('button', { name: 'Start 1 file' }).click()
    await expect(sheet).toBeHidden()
    expect(node.submitted).toMatchObject([{ profiles: { slide: { name: 'bigtiff', options: { deidentify: false } } } }])
  })

  test('names the results by a pattern, shows the first, and refuses a wrong one', async ({ page, open, folder }) => {
    const node = await open({ jobs: 0 })
    await writeFile(join(folder, 'S26-1.svs'), 'x')
    await dropFiles(page, [join(folder, 'S26-1.svs')])
    const sheet = page.getByRole('dialog', { name: 'Convert' })
    await sheet.getByRole('button', { name: 'Other names for the results' }).click()
    const field = sheet.getByLabel('Names of the results')
    await field.fill('{case}')
    await expect(sheet.getByText('The pattern holds {case}')).toBeVisible()
    await expect(sheet.getByRole('button', { name: 'Start 1 file' })).toBeDisabled()
    await field.fill('slide {index}')
    await expect(sheet.getByText('slide 001.dzi')).toBeVisible()
    await sheet.getByRole('button', { name: 'Start 1 file' }).click()
    await expect(sheet).toBeHidden()
    expect(node.submitted).toMatchObject([{ namePattern: 'slide {index}' }])
  })
})

test.describe('the viewer', () => {
  const tilePath = /slide_files\/(\d+)\/\d+_(\d+)\.jpeg$/

  test('shows a slide that is still being made, asks for what is missing as it grows, and stops when it is done', async ({
    page,
    open
  }) => {
    const node = await open({ jobs: 20 })
    const job = node.lab.job('job-00001')
    node.lab.change([{ ...job, progress: 0.4 }])
    const answers: { url: string; status: number }[] = []
    page.on('response', (response) => {
      if (tilePath.test(response.url())) answers.push({ url: response.url(), status: response.status() })
    })
    const asked = (status: number) => answers.filter((answer) => answer.status === status).length
    await page.getByRole('row').filter({ hasText: job.name }).getByRole('gridcell').nth(1).getByRole('button').click()
    await page.getByRole('dialog').getByRole('button', { name: 'View what is there' }).click()
    await expect(page.getByText(/Still converting, 40%/)).toBeVisible()
    await expect(page.getByRole('img', { name: /^Scale bar/ })).toBeVisible()
    await expect.poll(() => asked(200)).toBeGreaterThan(0)
    await expect.poll(() => asked(404)).toBeGreaterThan(0)

    // Nothing is asked for again while nothing moves; after a step each missing tile is, once.
    const missingAtFirst = new Set(answers.filter(({ status }) => status === 404).map(({ url }) => url))
    // But for the few that the picture and its map both need.
    const askedAtFirst = asked(404)
    expect(askedAtFirst).toBeLessThan(missingAtFirst.size * 1.5)
    node.lab.change([{ ...job, progress: 0.7 }])
    await expect.poll(() => asked(200)).toBeGreaterThan(missingAtFirst.size / 4)
    expect(asked(404)).toBeLessThanOrEqual(askedAtFirst * 2)

    node.lab.change([{ ...job, state: 'completed', progress: 1, output: '/out/a.dzi', viewable: undefined }])
    await expect(page.getByText('Still converting')).toBeHidden()
    // What smaller levels lacked is no longer asked for where the level that is in view has come.
    const levelOf = (url: string) => Number(tilePath.exec(url)?.[1])
    const finest = Math.max(...[...missingAtFirst].map(levelOf))
    const inView = [...missingAtFirst].filter((url) => levelOf(url) === finest)
    await expect
      .poll(() => inView.every((url) => answers.some((one) => one.url === url && one.status === 200)))
      .toBe(true)
    await expect(page.getByRole('img', { name: /^Scale bar/ })).toBeVisible()
  })

  test('turns a slide by keys and buttons, and back', async ({ page, open }) => {
    await open({ jobs: 300 })
    await page.getByRole('button', { name: /^Done/ }).click()
    await page.getByRole('row').filter({ hasText: 'Deep Zoom' }).first().getByRole('button', { name: /^View/ }).click()
    const back = page.getByTitle('Turn back upright (N)')
    await expect(back).toHaveText('0°')
    await page.keyboard.press('r')
    await expect(back).toHaveText('90°')
    await page.keyboard.press('.')
    await expect(back).toHaveText('95°')
    await page.getByRole('button', { name: 'Turn left (Shift R)' }).click()
    await expect(back).toHaveText('5°')
    await page.keyboard.press('n')
    await expect(back).toHaveText('0°')
    await page.keyboard.press('Shift+R')
    await expect(back).toHaveText('270°')
    await back.click()
    await expect(back).toHaveText('0°')
  })

  test('says of a BigTIFF what opens it', async ({ page, open }) => {
    const node = await open({ jobs: 300 })
    const job = node.lab.inState('completed').find(({ kind, skipped }) => kind === 'slide' && !skipped)
    if (!job) throw new Error('The lab has no slide that is done.')
    node.lab.change([{ ...job, profile: { name: 'bigtiff', options: {} }, output: '/out/a.tif' }])
    await page.getByLabel('Search by file').fill(job.name)
    await page.getByRole('button', { name: `View: ${job.name}` }).click()
    await expect(page.getByText('A pyramidal BigTIFF can’t be shown in this window.')).toBeVisible()
    await expect(page.getByText('/out/a.tif')).toBeVisible()
  })
})

test('on the desktop a drop is used in place', async ({ page, open, folder }) => {
  await page.addInitScript(() => {
    const socketUrl = () => `ws://${window.location.host}/rpc`
    const bridge: DesktopBridge<File> = {
      platform: 'linux',
      connect: () => Promise.resolve({ socketUrl: socketUrl(), token: 'secret' }),
      onEngineRestarted: () => () => undefined,
      pathOf: (file: File) => `/mnt/scanner/${file.name}`,
      chooseSources: () => Promise.resolve(['/mnt/scanner/chosen.svs']),
      chooseFolder: () => Promise.resolve('/mnt/elsewhere'),
      showInFolder: () => Promise.resolve(),
      openPath: () => Promise.resolve(),
      onNavigate: () => () => undefined,
      onOpenPaths: () => () => undefined
    }
    Object.defineProperty(window, 'microtome', { value: bridge })
  })
  const node = await open({ jobs: 0 })
  await writeFile(join(folder, 'a.svs'), 'x')
  await dropFiles(page, [join(folder, 'a.svs')])
  const sheet = page.getByRole('dialog', { name: 'Convert' })
  await sheet.getByRole('button', { name: 'Choose the destination' }).click()
  await sheet.getByRole('button', { name: 'Start 1 file' }).click()
  await expect(sheet).toBeHidden()
  expect(node.submitted).toMatchObject([
    { paths: ['/mnt/scanner/a.svs'], uploadIds: [], destination: '/mnt/elsewhere' }
  ])
  await page.getByRole('button', { name: 'Add files' }).click()
  await expect(page.getByRole('dialog').getByText('chosen.svs')).toBeVisible()
})

test.describe('the queue', () => {
  test('keeps every row and column in its place while progress updates', async ({ page, open }) => {
    const node = await open({ jobs: 300 })
    const cells = page.getByRole('row').nth(2).getByRole('gridcell')
    const boxes = async () => {
      const all = await cells.all()
      return Promise.all(all.map((cell) => cell.boundingBox()))
    }
    const before = await boxes()
    const bar = page.getByRole('row').nth(2).getByRole('progressbar')
    const progress = await bar.getAttribute('aria-valuenow')
    for (let second = 0; second < 4; second += 1) node.lab.tick()
    await expect(bar).not.toHaveAttribute('aria-valuenow', progress ?? '')
    expect(await boxes()).toEqual(before)
  })

  test('holds 10,000 jobs with only the rows in sight, to the very last by End', async ({ page, open }) => {
    await open({ jobs: 10_000 })
    const grid = page.getByRole('grid', { name: 'Jobs' })
    await expect(grid).toHaveAttribute('aria-rowcount', '10001')
    expect(await grid.getByRole('row').count()).toBeLessThan(50)
    await grid.focus()
    await page.keyboard.press('End')
    await expect(page.locator('[aria-rowindex="10001"]')).toBeInViewport()
    expect(await grid.getByRole('row').count()).toBeLessThan(50)
  })

  test('is worked by keyboard: select, extend, hold, release, details, and back', async ({ page, open }) => {
    const node = await open({ jobs: 300 })
    await page.getByRole('button', { name: /^Waiting/ }).click()
    const grid = page.getByRole('grid', { name: 'Jobs' })
    await grid.focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Shift+ArrowDown')
    await page.keyboard.press('Shift+ArrowDown')
    await expect(page.getByText('3 jobs selected')).toBeVisible()
    const held = node.lab.inState('held').length
    await page.getByRole('toolbar', { name: 'Selected jobs' }).getByRole('button', { name: 'Hold' }).click()
    await expect.poll(() => node.lab.inState('held').length).toBe(held + 3)
    await grid.focus()
    await page.keyboard.press('Control+a')
    await expect(page.getByText(/^13\d jobs selected$/)).toBeVisible()
    await page.keyboard.press('Escape')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    const details = page.getByRole('dialog', { name: 'Job details' })
    await expect(details.getByText('For support')).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(details).toBeHidden()
    await expect(grid).toBeFocused()
  })

  test('asks before it cancels several jobs, and Delete takes ended ones off the list', async ({ page, open }) => {
    const node = await open({ jobs: 300 })
    await page.getByRole('button', { name: /^Running/ }).click()
    const grid = page.getByRole('grid', { name: 'Jobs' })
    await grid.focus()
    await page.keyboard.press('Control+a')
    await page.keyboard.press('Delete')
    const question = page.getByRole('dialog', { name: 'Cancel 6 jobs?' })
    await question.getByRole('button', { name: 'Cancel 6 jobs' }).click()
    await expect.poll(() => node.lab.inState('running', 'verifying').length).toBe(0)
    await page.getByRole('button', { name: /^Failed/ }).click()
    await grid.focus()
    await page.keyboard.press('Control+a')
    await page.keyboard.press('Delete')
    await expect.poll(() => node.lab.inState('failed').length).toBe(0)
  })

  test('filters, searches and sorts', async ({ page, open }) => {
    await open({ jobs: 300 })
    const first = page.getByRole('row').nth(1)
    await page.getByRole('button', { name: 'File', exact: true }).click()
    await expect(first).toContainText('S26-04000')
    await page.getByRole('button', { name: 'File', exact: true }).click()
    await expect(first).toContainText('S26-04299')
    await page.getByLabel('Search by file').fill('video stream')
    await expect(first).toContainText('no video stream')
    await page.getByLabel('Search by file').fill('nothing has this name')
    await page.getByRole('button', { name: 'Show all jobs' }).click()
    await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', '301')
  })

  test('opens the menu of a row and changes a priority', async ({ page, open }) => {
    const node = await open({ jobs: 300 })
    await page.getByRole('button', { name: /^Waiting/ }).click()
    await page.getByRole('button', { name: 'Computer', exact: true }).click()
    const row = page.getByRole('row').nth(1)
    const id = (await row.getAttribute('id'))?.replace('row-', '') ?? ''
    await row.getByRole('button', { name: /^More actions/ }).click()
    await page.getByRole('menuitem', { name: 'Priority' }).hover()
    const wanted = node.lab.job(id).priority === 'low' ? 'High' : 'Low'
    await page.getByRole('menuitem', { name: wanted }).click()
    await expect.poll(() => node.lab.job(id).priority).toBe(wanted.toLowerCase())
  })
})

test.describe('a submission that ended', () => {
  test('is summed up, and only what failed is queued again', async ({ page, open }) => {
    const node = await open({ jobs: 24 })
    const mine = [...node.lab.jobs.values()].filter((job) => job.submissionId === 'sub-1')
    const [bad, ...good] = mine
    node.lab.change([
      ...good.map((job) => ({ ...job, state: 'completed' as const, progress: 1, endedAtMs: node.lab.nowMs })),
      ...(bad ? [{ ...bad, state: 'failed' as const, endedAtMs: node.lab.nowMs }] : [])
    ])
    const banner = page.getByRole('region', { name: 'Finished submission' })
    await expect(banner).toContainText('2 done, 1 failed')
    await expect(banner.getByRole('link', { name: 'CSV' })).toHaveAttribute('href', '/submissions/sub-1.csv')
    await banner.getByRole('button', { name: 'Retry failed only' }).click()
    await expect(banner).toBeHidden()
    expect(node.lab.job(bad?.id ?? '').state).toBe('queued')
  })

  test('stays in the list of submissions, which narrows the queue', async ({ page, open }) => {
    await open({ jobs: 300 })
    await page.getByRole('button', { name: 'Submissions' }).click()
    const drawer = page.getByRole('dialog', { name: 'Submissions' })
    await expect(drawer.getByRole('article')).toHaveCount(8)
    await drawer.getByRole('button', { name: 'Show files' }).first().click()
    await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', '39')
  })
})

test('stays readable while the connection is cut, and catches up by itself', async ({ page, open }) => {
  const node = await open({ jobs: 300 })
  await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', '301')
  await page.routeWebSocket(/rpc/, (socket) => socket.close())
  node.cut()
  await expect(page.getByText('Connection to Microtome interrupted')).toBeVisible()
  await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', '301')
  node.lab.remove(['job-00001'])
  await page.unrouteAll()
  await page.routeWebSocket(/rpc/, (socket) => void socket.connectToServer())
  await page.getByRole('button', { name: 'Connect now' }).click()
  await expect(page.getByText('Connection to Microtome interrupted')).toBeHidden()
  await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', '300')
})

test('says what to do when a restarted engine no longer accepts the page', async ({ page, open }) => {
  const node = await open({ jobs: 1 })
  await page.route('**/thumbs/none', (route) => route.fulfill({ status: 401 }))
  await node.vanish()
  await expect(page.getByText('was restarted and no longer knows this page')).toBeVisible()
  await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', '2')
})

test('says that a damaged job storage was set aside, and what to do', async ({ page, open }) => {
  await open({ jobs: 1, storageError: true })
  await expect(page.getByText('It is kept as microtome.db.damaged-20261122T091500000Z')).toBeVisible()
  await expect(page.getByText('Submit again what waited')).toBeVisible()
})

test('shows the sentence of a configuration that was not accepted', async ({ page, open }) => {
  await open({ jobs: 1, configError: true })
  await expect(page.getByText('"slots" is "lots" in config.json')).toBeVisible()
})
