import type { ServiceApi } from '../../../engine/service-api.ts'

/** An engine that has what is given; whoever asks for more gets an error that says so. */
export function fakeApi(given: Partial<ServiceApi> = {}): ServiceApi {
  const known: Partial<ServiceApi> = { nodeId: 'n'.repeat(52), name: 'here', version: '1.2.3', ...given }
  return new Proxy(known, {
    get(target, key) {
      if (key in target) return Reflect.get(target, key)
      throw new Error(`${String(key)} is not in this test's engine`)
    }
  }) as ServiceApi
}
