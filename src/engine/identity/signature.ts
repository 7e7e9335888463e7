import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto'

const ENCODING = 'ieee-p1363'

/** ECDSA P-256 with SHA-256, 64 bytes, as base64. */
export function signBytes(privateKey: KeyObject, bytes: Uint8Array): string {
  return sign('sha256', bytes, { key: privateKey, dsaEncoding: ENCODING }).toString('base64')
}

/** Whether `signature` (base64) over `bytes` was made with the key; false for whatever is no P-256 key or no signature. */
export function isSignedBy(publicKey: string, bytes: Uint8Array, signature: string): boolean {
  const key = parsePublicKey(publicKey)
  if (!key) return false
  return verify('sha256', bytes, { key, dsaEncoding: ENCODING }, Buffer.from(signature, 'base64'))
}

/** A public key (SPKI as base64), if it is one of P-256 and in its only canonical form. */
export function parsePublicKey(publicKey: string): KeyObject | undefined {
  const der = Buffer.from(publicKey, 'base64')
  if (der.toString('base64') !== publicKey) return undefined
  try {
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' })
    const isP256 = key.asymmetricKeyDetails?.namedCurve === 'prime256v1'
    return isP256 && key.export({ format: 'der', type: 'spki' }).equals(der) ? key : undefined
  } catch {
    return undefined // OpenSSL throws for every kind of garbage; the answer is the same: not a key
  }
}
