export { JobDetailsDrawer } from './job-details-drawer.tsx'
