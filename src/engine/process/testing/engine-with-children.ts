// Plays an engine for the orphan test: starts a child through the launcher and says its pid once it is on record.
import { join } from 'node:path'
import { systemClock } from '../../clock.ts'
import { ChildRecord, Launcher, processIdentity } from '../index.ts'
import { quietLog as log } from './quiet-log.ts'

const dir = process.argv[2] ?? ''
const platform = process.platform
const plain = new Launcher({ clock: systemClock, log, platform })
const record = new ChildRecord({
  dir: join(dir, 'children'),
  platform,
  log,
  identity: processIdentity(platform, (c, a) => plain.run(c, a))
})
const register = {
  add: async (pid: number, token: string) => {
    await record.add(pid, token)
    process.send?.({ pid })
  },
  remove: (pid: number) => record.remove(pid)
}
// The leader ends when told to (exec keeps its pid for the sleeper, or leaves one behind in its group).
const script = process.argv[3] === 'leaderless' ? 'sleep 600 & sleep 0.2' : 'exec sleep 600'
new Launcher({ clock: systemClock, log, platform, register }).start({ command: 'sh', args: ['-c', script] })
