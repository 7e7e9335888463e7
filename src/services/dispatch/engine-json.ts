import type { OutsideEngine } from '../../engine/service-api.ts'
import type { Answers } from './answers.ts'

/** Whether an engine works is known here; what it says counts only where it holds nothing of ours. */
export function statusOf(engine: OutsideEngine): 'idle' | 'busy' | 'offline' {
  if (!engine.online) return 'offline'
  return engine.jobIds.length > 0 || engine.said === 'busy' ? 'busy' : 'idle'
}

/** An engine as `/engines/` lists it: what it said of itself, and what is known of it. */
export function engineFields(engine: OutsideEngine, answers: Answers): Record<string, unknown> {
  return {
    ...engine.other,
    engine_id: engine.id,
    engine_type: engine.engineType,
    hostname: engine.hostname,
    status: statusOf(engine),
    supported_codecs: engine.supportedCodecs ?? [],
    storage_capacity_gb: engine.storageCapacityGb,
    streaming_support: engine.streamingSupport,
    benchmark_time: engine.benchmarkS,
    avg_benchmark_time: engine.avgBenchmarkS,
    local_job_queue: engine.localJobQueue,
    current_job_id: engine.jobIds[0] ?? '',
    jobs_completed: engine.jobsCompleted,
    jobs_failed: engine.jobsFailed,
    last_heartbeat: answers.time(engine.lastHeartbeatMs)
  }
}
