export { isOwnPage, pageUrl } from './address.ts'
export { holdInPlace } from './navigation.ts'
export { registerPageScheme, servePage } from './page-protocol.ts'
export { ruleSession } from './session-rules.ts'
