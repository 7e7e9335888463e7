import { type ErrorClass, MicrotomeError } from '../../shared/errors.ts'

/** What is refused before or while it is asked. `fault` ends the sentence. */
export function urlRefused(what: string, fault: string): MicrotomeError {
  return new MicrotomeError({
    code: 'url-refused',
    class: 'input',
    message: `${what} ${fault}.`,
    hint: 'Use the http or https address of a host that this node may ask; see docs/how-to/configuration.md.'
  })
}

export function tooLarge(what: string, sizeBytes: number | undefined, limitBytes: number): MicrotomeError {
  return new MicrotomeError({
    code: 'url-too-large',
    class: 'input',
    message: `${what} has ${sizeBytes ?? 'too many'} bytes; this node fetches ${limitBytes} at most.`,
    hint: 'Raise "urlLimitBytes" in the settings, or submit a smaller file.'
  })
}

/** An answer that brings no file, or takes none: what it means for another try. */
export function badAnswer(what: string, status: number): MicrotomeError {
  const { code, errorClass, hint } = meaningOf(status)
  return new MicrotomeError({ code, class: errorClass, message: `${what} answered ${status}.`, hint })
}

function meaningOf(status: number): { code: string; errorClass: ErrorClass; hint: string } {
  if (status === 404 || status === 410)
    return { code: 'url-gone', errorClass: 'input', hint: 'Check the URL; nothing lies there any more.' }
  if (status === 401 || status === 403)
    return {
      code: 'url-denied',
      errorClass: 'input',
      hint: 'Give a URL that this node may use, or one that has not expired.'
    }
  if (status >= 500 || status === 408 || status === 425 || status === 429)
    return { code: 'url-failed', errorClass: 'transport', hint: 'The job is tried again by itself.' }
  return { code: 'url-rejected', errorClass: 'input', hint: 'Look into the log of that server for its reason.' }
}

/** What an answer says against itself. `fault` ends the sentence. */
export function rejected(what: string, fault: string): MicrotomeError {
  return new MicrotomeError({
    code: 'url-rejected',
    class: 'input',
    message: `${what} ${fault}.`,
    hint: 'Give the URL of the file itself.'
  })
}

export function timedOut(what: string, how: string): MicrotomeError {
  return transport('url-timeout', `${what} ${how}.`)
}

/** The bytes stopped before their end. */
export function cut(what: string, cause?: unknown): MicrotomeError {
  return transport('url-cut', `The connection to ${what} ended too early.`, cause)
}

export function cancelled(what: string): MicrotomeError {
  return transport('url-cancelled', `The transfer with ${what} was stopped.`)
}

/** An error of the network or of TLS in words; what is worded already stays. */
export function networkError(what: string, thrown: unknown): MicrotomeError {
  if (thrown instanceof MicrotomeError) return thrown
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : undefined
  if (code === undefined) return bug(what, thrown)
  if (isCertificateFault(code)) return untrusted(what, code, thrown)
  if (code === 'ECONNRESET' || code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE') return cut(what, thrown)
  return transport('url-unreachable', `${what} can't be reached (${code}).`, thrown)
}

/** The result that is to be sent. */
export function unreadable(cause: unknown): MicrotomeError {
  return new MicrotomeError(
    {
      code: 'result-not-readable',
      class: 'node',
      message: "The result can't be read where it was made.",
      hint: 'Look at the disk of the data folder.'
    },
    { cause }
  )
}

function bug(what: string, cause: unknown): MicrotomeError {
  const message = `Something went wrong with ${what} that should not.`
  return new MicrotomeError({ code: 'internal', class: 'bug', message }, { cause })
}

/** Codes of OpenSSL's verification and of Node's look at the name. */
function isCertificateFault(code: string): boolean {
  return /CERT|^UNABLE_TO_|^HOSTNAME_MISMATCH$/.test(code)
}

function untrusted(what: string, code: string, cause: unknown): MicrotomeError {
  return new MicrotomeError(
    {
      code: 'url-untrusted',
      class: 'input',
      message: `The certificate of ${what} is not to be trusted (${code}).`,
      hint: "Name the authority's certificate in NODE_EXTRA_CA_CERTS when the node is started, or use http inside the lab."
    },
    { cause }
  )
}

function transport(code: string, message: string, cause?: unknown): MicrotomeError {
  return new MicrotomeError({ code, class: 'transport', message, hint: 'The job is tried again by itself.' }, { cause })
}
