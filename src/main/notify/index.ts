export { type NotificationClass, showNotice } from './show-notice.ts'
export { EndedSubmissions } from './submission-ended.ts'
