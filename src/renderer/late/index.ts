export { fetchLateParts, latePart } from './late-part.tsx'
