import { onTestFinished } from 'vitest'
import * as core from '../../support/relay-core.ts'

/** A relay that closes with the test. */
export type Relay = core.Relay
export const Relay = {
  to: (targetPort: number, targetHost?: string): Promise<Relay> => core.Relay.to(targetPort, onTestFinished, targetHost)
}
