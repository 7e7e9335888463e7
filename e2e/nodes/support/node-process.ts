import { onTestFinished } from 'vitest'
import * as core from '../../support/node-process-core.ts'

export { type CliResult, type Line, type NodeOptions, runCli, until } from '../../support/node-process-core.ts'

/** A temporary folder that goes with the test. */
export const temporaryFolder = (): Promise<string> => core.temporaryFolder(onTestFinished)

/** A node that ends with the test. */
export type NodeProcess = core.NodeProcess
export const NodeProcess = {
  start: (options: core.NodeOptions = {}): Promise<NodeProcess> => core.NodeProcess.start(options, onTestFinished)
}
