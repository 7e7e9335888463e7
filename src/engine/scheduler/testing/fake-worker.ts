import type { WorkerStatus } from '../../../shared/domain/nodes.ts'
import type { HeldTask, LentTask, WorkerPort } from '../worker-port.ts'

const hardware: WorkerStatus['hardware'] = {
  cpuModel: 'x',
  cpuThreads: 4,
  memoryBytes: 8e9,
  gpus: [],
  diskFreeBytes: 1e12,
  battery: { present: false, onMains: true },
  os: 'test',
  class: 'desktop'
}

/** A worker that does what the test says. */
export class FakeWorker implements WorkerPort {
  readonly nodeId: string
  readonly name: string
  readonly isSelf: boolean
  readonly lent: LentTask[] = []
  readonly cancelled: number[] = []
  /** Offers that were made, accepted or not. */
  offers = 0
  accepts = true
  online = true
  slots = 1
  holds: HeldTask[] = []
  /** What it does with an offer before it answers. */
  onOffer: () => void | Promise<void> = () => {}

  constructor(nodeId: string, isSelf = false) {
    this.nodeId = nodeId
    this.name = `computer ${nodeId}`
    this.isSelf = isSelf
  }

  status(): WorkerStatus | undefined {
    if (!this.online) return undefined
    const tools = { microtome: '1', node: '24' }
    const { slots } = this
    return {
      state: 'idle',
      reason: '',
      slots,
      busy: 0,
      load: 0,
      profiles: ['webp'],
      scratchFreeBytes: 1e12,
      hardware,
      tools
    }
  }

  async offer(task: LentTask) {
    this.offers += 1
    await this.onOffer()
    if (this.accepts) this.lent.push(task)
    return this.accepts ? { accepted: true } : { accepted: false, reason: 'Its disk is full.' }
  }

  async cancel({ epoch }: { epoch: number }) {
    this.cancelled.push(epoch)
  }

  held = async () => this.holds
  pause = async () => {}
  resume = async () => {}
}
