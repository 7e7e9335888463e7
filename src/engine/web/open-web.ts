import { FetchedSources } from './fetched-sources.ts'
import { putFile } from './put-file.ts'
import { ResultsToFetch } from './results-to-fetch.ts'
import { checkedUrl } from './url-policy.ts'
import type { Web, WebParts } from './web.ts'

/** See {@link Web}; makes no folder before it is needed. */
export function openWeb(parts: WebParts): Web {
  return {
    check: (url) => void checkedUrl(url, parts.settings().urlHosts),
    sources: new FetchedSources(parts),
    results: new ResultsToFetch(parts),
    put: (sending) => putFile(parts, sending)
  }
}
