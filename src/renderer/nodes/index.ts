export { AddComputer } from './add-computer/add-computer.tsx'
export { NodesScreen } from './nodes-screen.tsx'
