import { AsyncLocalStorage } from 'node:async_hooks'

const atWork = new AsyncLocalStorage<string>()

/** Runs work of a service, and whatever it leaves for later: what is thrown there is known to be this service's. */
export const asService = <T>(name: string, work: () => T): T => atWork.run(name, work)

/** Name of the service whose work this is, also in the process's handler of what nobody caught; undefined elsewhere. */
export const serviceAtWork = (): string | undefined => atWork.getStore()
