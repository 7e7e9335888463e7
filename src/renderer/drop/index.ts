export { AddButtons } from './add-buttons.tsx'
export { DropZone } from './drop-zone.tsx'
export { Sheet } from './sheet.tsx'
export { chooseSources } from './sources.ts'
