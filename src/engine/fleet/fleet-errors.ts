import { MicrotomeError } from '../../shared/errors.ts'

/** Only who opened the link opens connections for bytes. */
export function cannotDial(nodeId: string): MicrotomeError {
  return new MicrotomeError({
    code: 'cannot-dial',
    class: 'transport',
    message: `Node ${nodeId} opened this link; from here it can't be dialled.`,
    hint: 'Let the other side fetch or send the bytes.'
  })
}

/** Nothing, or nothing of ours, answers at `address`. */
export function unreachable(address: string, cause?: unknown): MicrotomeError {
  const reason = cause instanceof Error && cause.message ? ` (${cause.message})` : ''
  return new MicrotomeError(
    {
      code: 'unreachable',
      class: 'transport',
      message: `No Microtome answers at ${address}${reason}.`,
      hint: 'Check the address and the port, and that no firewall is in between.'
    },
    { cause }
  )
}

/** The caller was removed from the lab. */
export function notAMember(nodeId: string): MicrotomeError {
  return new MicrotomeError({
    code: 'removed-node',
    class: 'transport',
    message: `Node ${nodeId} does not belong to this lab any more.`
  })
}

/** The two sides speak different major versions of the protocol. */
export function incompatible(nodeId: string): MicrotomeError {
  return new MicrotomeError({
    code: 'incompatible',
    class: 'node',
    message: `Node ${nodeId} speaks another version of the protocol.`,
    hint: 'Install the same version of Microtome on both computers.'
  })
}

/** The port of the peer door is taken or forbidden. */
export function cannotListen(host: string, port: number, cause: unknown): MicrotomeError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
  return new MicrotomeError(
    {
      code: code === 'EADDRINUSE' ? 'port-in-use' : 'cannot-listen',
      class: 'node',
      message: `The port for paired computers, ${host}:${port}, can't be opened (${code}).`,
      hint: 'Choose another one in the settings (port), with MICROTOME_PORT, or with --port of microtome serve; 0 picks a free one.'
    },
    { cause }
  )
}
