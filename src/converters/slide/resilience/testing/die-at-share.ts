import { isMainThread } from 'node:worker_threads'

// Loaded before a converter child's own code: SIGKILL takes it in the very turn in which it tells of a progress beyond
// this share, so that no machine is too fast for the test.
const share = Number(process.env.MICROTOME_TEST_DIE_AT)
const send = process.send?.bind(process)

if (isMainThread && send)
  process.send = (message: { type?: string; progress?: { progress: number; stage: string } }, ...rest: unknown[]) => {
    const { progress } = message
    if (progress && progress.progress >= share && progress.stage === 'converting') process.kill(process.pid, 'SIGKILL')
    return Reflect.apply(send, process, [message, ...rest])
  }
