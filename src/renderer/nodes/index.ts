export { NodesScreen } from './nodes-screen.tsx'
