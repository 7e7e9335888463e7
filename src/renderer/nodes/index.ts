export { NodesScreen } from './screen.tsx'
