export { IdentityWarning } from './identity-warning.tsx'
export { keepsIdentity } from './keeps-identity.ts'
export { otherFormat } from './other-format.ts'
export { ProfileOptions } from './profile-options.tsx'
