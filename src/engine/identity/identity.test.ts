import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isSignedBy, loadIdentity, nodeIdOf, parsePublicKey, retireIdentity } from './index.ts'

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'microtome-identity-'))
})
afterEach(() => rmSync(dataDir, { recursive: true }))

describe('a node’s identity', () => {
  it('is made once and is the same at the next start', async () => {
    const first = await loadIdentity(dataDir)
    const second = await loadIdentity(dataDir)
    expect(second.nodeId).toBe(first.nodeId)
    expect(first.nodeId).toMatch(/^[a-z2-7]{52}$/)
    expect(first.nodeId).toBe(nodeIdOf(Buffer.from(first.publicKey, 'base64')))
    expect(readdirSync(dataDir)).toEqual(['identity.json'])
  })

  it('agrees with RFC 4648 on base32', () => {
    // sha256('') = e3b0c442…, in base32 without padding
    expect(nodeIdOf(Buffer.alloc(0))).toBe('4oymiquy7qobjgx36tejs35zeqt24qpemsnzgtfeswmrw6csxbkq')
  })

  it.skipIf(process.platform === 'win32')('can be read by its owner only, also after somebody widened it', async () => {
    await loadIdentity(dataDir)
    const path = join(dataDir, 'identity.json')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    writeFileSync(`${path}.copy`, readFileSync(path), { mode: 0o644 })
    rmSync(path)
    writeFileSync(path, readFileSync(`${path}.copy`), { mode: 0o644 })
    await loadIdentity(dataDir)
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('has a certificate for signatures that names nobody', async () => {
    const identity = await loadIdentity(dataDir)
    const certificate = new X509Certificate(identity.certificatePem)
    expect(certificate.subject).toBe('CN=microtome')
    expect(certificate.ca).toBe(false)
    expect(certificate.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1')
    expect(identity.privateKeyPem).toContain('BEGIN PRIVATE KEY')
  })

  it('signs what others can check, and nothing else passes', async () => {
    const identity = await loadIdentity(dataDir)
    const signature = identity.sign(Buffer.from('a'))
    expect(isSignedBy(identity.publicKey, Buffer.from('a'), signature)).toBe(true)
    expect(isSignedBy(identity.publicKey, Buffer.from('b'), signature)).toBe(false)
    expect(isSignedBy(identity.publicKey, Buffer.from('a'), 'garbage')).toBe(false)
    expect(isSignedBy('garbage', Buffer.from('a'), signature)).toBe(false)
    expect(parsePublicKey(`${identity.publicKey} `)).toBeUndefined()
  })

  it.each([
    ['not JSON', '{'],
    ['another shape', '{"version":1}'],
    ['no key', '{"version":1,"privateKey":"x","certificate":"y"}']
  ])('refuses a damaged file (%s) and leaves it alone', async (_, text) => {
    const path = join(dataDir, 'identity.json')
    writeFileSync(path, text)
    await expect(loadIdentity(dataDir)).rejects.toMatchObject({ code: 'damaged-identity', hint: expect.any(String) })
    expect(readFileSync(path, 'utf8')).toBe(text)
  })

  it('refuses a key that does not belong to its certificate', async () => {
    await loadIdentity(dataDir)
    const path = join(dataDir, 'identity.json')
    const mine = JSON.parse(readFileSync(path, 'utf8'))
    rmSync(path)
    await loadIdentity(dataDir)
    const other = JSON.parse(readFileSync(path, 'utf8'))
    writeFileSync(path, JSON.stringify({ ...mine, certificate: other.certificate }))
    await expect(loadIdentity(dataDir)).rejects.toMatchObject({ code: 'damaged-identity' })
  })

  it('makes a new key after the old one was retired, and keeps the old one aside', async () => {
    const before = await loadIdentity(dataDir)
    retireIdentity(dataDir)
    const after = await loadIdentity(dataDir)
    expect(after.nodeId).not.toBe(before.nodeId)
    expect(readdirSync(dataDir)).toContain('identity.json.removed')
  })
})
