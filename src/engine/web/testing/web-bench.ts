import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type Clock, systemClock } from '../../clock.ts'
import { quietLog } from '../../process/testing/quiet-log.ts'
import { openWeb } from '../open-web.ts'
import type { Resolve, Web, WebSettings } from '../web.ts'
import { FileServer, type Handler } from './file-server.ts'

/** The real thing in a temporary data folder, and servers that go with the test. */
export class WebBench {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'microtome-web-'))
  readonly settings: WebSettings = { urlHosts: [], urlLimitBytes: 2 ** 30, urlTimeoutS: 600, keepResultsDays: 7 }
  readonly web: Web

  constructor({
    clock = systemClock,
    resolve,
    ...settings
  }: Partial<WebSettings> & { clock?: Clock; resolve?: Resolve } = {}) {
    Object.assign(this.settings, settings)
    this.web = openWeb({ dataDir: this.dataDir, clock, log: quietLog, settings: () => this.settings, resolve })
    onTestFinished(() => rmSync(this.dataDir, { recursive: true }))
  }

  async server(handler: Handler, host?: string): Promise<FileServer> {
    const server = await FileServer.open(handler, host)
    onTestFinished(() => server.close())
    return server
  }

  /** Files and folders of the data folder, relative. */
  files(): string[] {
    return readdirSync(this.dataDir, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.dataDir.length + 1))
      .sort()
  }
}
