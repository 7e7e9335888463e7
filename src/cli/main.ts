import { homedir } from 'node:os'
import { type Invocation, manual, parseArguments, UsageError, usageOf } from './arguments/index.ts'
import { onInterruption } from './interruption.ts'
import { openOutput } from './output/index.ts'
import { productVersion } from './product-version.ts'
import { runCommand } from './run-command.ts'

/** These end in order when interrupted; the others just end. */
const long: readonly Invocation['command'][] = ['serve', 'dispatch', 'convert', 'pair']

const exitCodes = { done: 0, failed: 1, usage: 2 } as const

async function main(args: readonly string[]): Promise<number> {
  const own = args.includes('--') ? args.slice(0, args.indexOf('--')) : args
  if (own.includes('--help') || own.includes('-h')) return say(manual())
  if (own[0] === '--version' || (own[0] === 'dispatch' && own.includes('--version'))) return say(productVersion())
  const surroundings = { cwd: process.cwd(), platform: process.platform, homeDir: homedir(), env: process.env }
  const invocation = parseArguments(args, surroundings)
  const output = openOutput(invocation.json, process.stdout, process.stderr)
  const interrupted = long.includes(invocation.command) ? onInterruption() : new AbortController().signal
  try {
    return (await runCommand(invocation, output, interrupted)) ? exitCodes.done : exitCodes.failed
  } catch (thrown) {
    output.failure(thrown)
    return exitCodes.failed
  } finally {
    await output.flush()
  }
}

function say(text: string): number {
  process.stdout.write(`${text}\n`)
  return exitCodes.done
}

function wrongUsage(error: UsageError): number {
  process.stderr.write(`${error.message}\n${usageOf(error) ? `usage: ${usageOf(error)}` : manual()}\n`)
  return exitCodes.usage
}

const code = await main(process.argv.slice(2)).catch((thrown) => {
  if (thrown instanceof UsageError) return wrongUsage(thrown)
  throw thrown
})
// All is said and closed; whatever a library still holds open must not keep a finished command waiting.
process.exit(code)
