import { statfs } from 'node:fs/promises'
import os from 'node:os'

/** Processor time since the machine started, summed over all cores, in milliseconds. */
export interface CpuTimes {
  busyMs: number
  totalMs: number
}

/** What Node itself knows of the machine, at once and without starting a process. */
export interface Machine {
  hostName: string
  homeDir: string
  cpuModel: string
  /** Threads and memory that this process may use: those of its container where it runs in one. */
  threads: number
  memoryBytes: number
  os: string
  cpuTimes(): CpuTimes
  /** Bytes that this user may still write to the disk of a folder; undefined where it can't be told. */
  freeBytes(folder: string): Promise<number | undefined>
}

export function thisMachine(): Machine {
  return {
    hostName: os.hostname(),
    homeDir: os.homedir(),
    cpuModel: os.cpus()[0]?.model.replace(/\s+/g, ' ').trim() || `${os.arch()} processor`,
    threads: os.availableParallelism(),
    memoryBytes: memoryLimit(os.totalmem(), process.constrainedMemory()),
    os: os.platform() === 'win32' ? os.version() : `${os.type()} ${os.release()}`,
    cpuTimes: sumCpuTimes,
    freeBytes: (folder) =>
      statfs(folder).then(
        ({ bavail, bsize }) => bavail * bsize,
        () => undefined
      )
  }
}

/** `constrained` is 0 where the system knows no limit, and a number beyond all memory where none is set. */
export function memoryLimit(totalBytes: number, constrained: number): number {
  return constrained > 0 ? Math.min(totalBytes, constrained) : totalBytes
}

function sumCpuTimes(): CpuTimes {
  const sum = { busyMs: 0, totalMs: 0 }
  for (const { times } of os.cpus()) {
    const busyMs = times.user + times.nice + times.sys + times.irq
    sum.busyMs += busyMs
    sum.totalMs += busyMs + times.idle
  }
  return sum
}
