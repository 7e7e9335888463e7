import { systemClock } from '../../clock.ts'
import { quietLog } from '../../process/testing/quiet-log.ts'
import { openWeb } from '../index.ts'

/** Fetches `url` for job j1 into the data folder; somebody kills it meanwhile. Says `moving` when bytes come. */
const [dataDir = '', url = ''] = process.argv.slice(2)
const settings = { urlHosts: [], urlLimitBytes: 2 ** 30, urlTimeoutS: 600, keepResultsDays: 7 }
const web = openWeb({ dataDir, clock: systemClock, log: quietLog, settings: () => settings })
const { signal } = new AbortController()
await web.sources.fetch({ jobId: 'j1', url, signal, onProgress: () => process.stdout.write('moving\n') })
