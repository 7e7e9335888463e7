export { type Identity, loadIdentity, retireIdentity } from './identity.ts'
export { nodeIdOf } from './node-id.ts'
export { writePrivateFile } from './private-file.ts'
export { isSignedBy, parsePublicKey } from './signature.ts'
