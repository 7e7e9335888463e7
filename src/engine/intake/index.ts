export { createFolder, type FolderListing, listFolder } from './folders.ts'
export { type Inspected, Inspector, type Prober, thumbnailToken } from './inspector.ts'
export { type Upload, Uploads, uploadedFile } from './uploads.ts'
export { type FoundFile, type OnUnreadable, walk } from './walk.ts'
