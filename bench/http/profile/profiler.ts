import type { Profiler } from 'node:inspector'

const samplingIntervalUs = 500

/** Profiles another process's main thread, over V8's inspector, while `work` runs. */
export async function profiled(inspectorUrl: string, work: () => Promise<unknown>): Promise<Profiler.Profile> {
  const session = await openSession(inspectorUrl)
  try {
    await session.ask('Profiler.enable')
    await session.ask('Profiler.setSamplingInterval', { interval: samplingIntervalUs })
    await session.ask('Profiler.start')
    await work()
    const { profile } = (await session.ask('Profiler.stop')) as Profiler.StopReturnType
    return profile
  } finally {
    session.close()
  }
}

interface Session {
  ask(method: string, params?: object): Promise<unknown>
  close(): void
}

async function openSession(url: string): Promise<Session> {
  const socket = new WebSocket(url)
  const open = Promise.withResolvers<void>()
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  socket.onopen = () => open.resolve()
  socket.onerror = () => open.reject(new Error('the inspector can not be reached'))
  socket.onmessage = ({ data }) => {
    const { id, result, error } = JSON.parse(String(data)) as { id: number; result?: unknown; error?: unknown }
    if (error) waiting.get(id)?.reject(new Error(JSON.stringify(error)))
    else waiting.get(id)?.resolve(result)
  }
  socket.onclose = () => {
    for (const one of waiting.values()) one.reject(new Error('the inspector closed'))
  }
  await open.promise
  return {
    ask: (method, params = {}) => {
      const id = waiting.size + 1
      const answer = Promise.withResolvers<unknown>()
      waiting.set(id, answer)
      socket.send(JSON.stringify({ id, method, params }))
      return answer.promise
    },
    close: () => socket.close()
  }
}
