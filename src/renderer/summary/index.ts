export { HistoryButton } from './history-button.tsx'
export { SummaryBanner } from './summary-banner.tsx'
