import { fileURLToPath } from 'node:url'
import { systemClock } from '../../clock.ts'
import { EventHub } from '../../events/index.ts'
import { LiveTasks } from '../../scheduler/index.ts'
import { openStorage } from '../../storage/index.ts'
import { Dispatch } from '../index.ts'
import { wish } from './wish.ts'

/** Run as a process of its own: `node dispatch-until-killed.ts DATABASE`. Says on stdout what it was answered, a line each. */
export const callersProgram = fileURLToPath(import.meta.url)
const callers = 16

async function open(database: string): Promise<Dispatch> {
  const storage = openStorage(database, systemClock)
  const bug = (thrown: unknown) => say('bug', String(thrown))
  return Dispatch.open({
    clock: systemClock,
    random: Math.random,
    log: { debug() {}, info() {}, warn() {}, error() {} },
    events: new EventHub(bug),
    store: storage.dispatch,
    live: new LiveTasks(),
    outputs: { stagingDirOf: () => '' },
    edits: { cancel: async () => ({ changed: 0, refused: [] }) },
    web: {
      check() {},
      sources: { pathOf: (id) => `/fetched/${id}/film.mp4`, remove: async () => {} },
      results: { dirOf: (id) => `/results/${id}`, find: async () => undefined }
    },
    poke() {},
    anybodyFree: () => false,
    engineTimeoutMs: () => 180_000,
    onEnded() {},
    onBug: bug
  })
}

async function call(dispatch: Dispatch, engine: string): Promise<void> {
  await dispatch.heartbeat({ id: engine })
  for (;;) {
    const submitted = await dispatch.submit(wish)
    say('submitted', submitted.id)
    const assigned = await dispatch.assign(engine)
    if (!assigned) continue
    say('assigned', assigned.id, engine)
    if (Math.random() < 0.5) continue
    await dispatch.complete(assigned.id, `http://out/${assigned.id}`)
    say('completed', assigned.id)
  }
}

function say(...words: string[]): void {
  process.stdout.write(`${words.join(' ')}\n`)
}

if (process.argv[1] === callersProgram) {
  const dispatch = await open(process.argv[2] ?? '')
  await Promise.all(Array.from({ length: callers }, (_, i) => call(dispatch, `${process.pid}-${i}`)))
}
