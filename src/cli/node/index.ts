export { type Door, type LocalClient, openDoor, openRunningDoor } from './door.ts'
export { type KeysOfNode, openKeys } from './open-keys.ts'
export { type NodeForCall, openOrStart } from './open-or-start.ts'
export { type OwnNode, startNode } from './own-node.ts'
