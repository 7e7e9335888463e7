import type { InferContractRouterInputs, InferContractRouterOutputs } from '@orpc/contract'
import type { PeerContract } from '../../shared/contract/peer.ts'
import type { PeerLink } from './peer-link.ts'

/** Who calls; `link` is live while the handler runs, or was when it began. */
export interface PeerContext {
  nodeId: string
  link: PeerLink
}

type Inputs = InferContractRouterInputs<PeerContract>
type Outputs = InferContractRouterOutputs<PeerContract>
type Answered = Exclude<keyof PeerContract, 'hello' | 'roster'>

/**
 * What the engine answers to its peers; the fleet itself answers `hello` and `roster`. Input is parsed, output will be.
 * A thrown MicrotomeError reaches the caller as it is; anything else as class `bug`.
 */
export type PeerHandlers = {
  [Name in Answered]: (input: Inputs[Name], context: PeerContext) => Promise<Outputs[Name]>
}
