import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { MicrotomeError } from '../../shared/errors.ts'
import { nodeIdOf } from './node-id.ts'
import { writePrivateFile } from './private-file.ts'
import { signBytes } from './signature.ts'

const FILE = 'identity.json'
const identityFile = z.object({ version: z.literal(1), privateKey: z.string(), certificate: z.string() })
type IdentityFile = z.infer<typeof identityFile>

/** Who this node is. The private key never leaves the data folder. */
export interface Identity {
  readonly nodeId: string
  /** SPKI, DER, as base64: as rosters carry it. */
  readonly publicKey: string
  /** PEM, for TLS. */
  readonly privateKeyPem: string
  readonly certificatePem: string
  /** ECDSA P-256 with SHA-256, as base64. */
  sign(bytes: Uint8Array): string
}

/**
 * The identity in `dataDir`; made at the first start. A damaged file is never replaced: the lab knows this node by its
 * key, so losing it must be somebody's decision. Throws `damaged-identity`.
 */
export async function loadIdentity(dataDir: string): Promise<Identity> {
  const path = join(dataDir, FILE)
  if (!existsSync(path)) await createIdentityFile(dataDir, path)
  keepPrivate(path)
  return parseIdentity(readFileSync(path, 'utf8'))
}

/**
 * Puts a key aside that its lab removed (a removal wins for ever), so that the next start makes a new one, which can be
 * paired again. The roster goes with it. Call it while no fleet runs.
 */
export function retireIdentity(dataDir: string): void {
  for (const name of [FILE, 'roster.json', 'known-nodes.json']) {
    const path = join(dataDir, name)
    if (existsSync(path)) renameSync(path, `${path}.removed`)
  }
}

async function createIdentityFile(dataDir: string, path: string): Promise<void> {
  // Loaded only here: x509 and its metadata cost a start that needs no new key about 0.1 s.
  const { createKeyAndCertificate } = await import('./certificate.ts')
  const content: IdentityFile = { version: 1, ...(await createKeyAndCertificate()) }
  mkdirSync(dataDir, { recursive: true })
  writePrivateFile(path, `${JSON.stringify(content, undefined, 2)}\n`)
}

function keepPrivate(path: string): void {
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600)
}

function parseIdentity(text: string): Identity {
  try {
    const content = identityFile.parse(JSON.parse(text))
    const privateKey = createPrivateKey(content.privateKey)
    const certificate = new X509Certificate(content.certificate)
    if (!certificate.checkPrivateKey(privateKey)) throw new Error('key and certificate do not belong together')
    if (privateKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw new Error('the key is not one of P-256')
    return toIdentity(content, privateKey, certificate)
  } catch (cause) {
    throw new MicrotomeError(
      {
        code: 'damaged-identity',
        class: 'node',
        message: `The node's key in ${FILE} can't be read: ${cause instanceof Error ? cause.message.split('\n')[0] : cause}.`,
        hint: `Restore ${FILE} in the data folder from a backup, or delete it and pair this computer again.`
      },
      { cause }
    )
  }
}

function toIdentity(content: IdentityFile, privateKey: KeyObject, certificate: X509Certificate): Identity {
  const der = certificate.publicKey.export({ format: 'der', type: 'spki' })
  return {
    nodeId: nodeIdOf(der),
    publicKey: der.toString('base64'),
    privateKeyPem: content.privateKey,
    certificatePem: content.certificate,
    sign: (bytes) => signBytes(privateKey, bytes)
  }
}
