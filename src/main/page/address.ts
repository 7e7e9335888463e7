/** The page's own scheme: an origin of its own instead of `file://`, and no port that others could reach. */
export const pageScheme = 'microtome'

/** Where the window finds the page. */
export const pageUrl = `${pageScheme}://app/`

/** True for addresses of the page's own origin. */
export function isOwnPage(address: string): boolean {
  if (!URL.canParse(address)) return false
  const { protocol, host } = new URL(address)
  return protocol === `${pageScheme}:` && host === 'app'
}
