import type { Listens } from '../electron-parts.ts'

/** Pages of ours that the system's browser may open. */
const outside: readonly RegExp[] = [/^https:\/\/nodejs\.org\/$/, /^https:\/\/ffmpeg\.org\/download\.html$/]

interface Preventable {
  preventDefault(): void
}

/** As much of a page's contents as keeps it where it is. */
export interface Contents
  extends Listens<'will-frame-navigate' | 'will-redirect' | 'will-attach-webview', [event: Preventable]> {
  setWindowOpenHandler(opener: (details: { url: string }) => { action: 'deny' }): void
}

/** No page of ours goes elsewhere, opens windows or embeds others. Links of ours open in the system's browser. */
export function holdInPlace(contents: Contents, openExternal: (url: string) => Promise<void>): void {
  for (const event of ['will-frame-navigate', 'will-redirect', 'will-attach-webview'] as const)
    contents.on(event, (details) => details.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    if (outside.some((known) => known.test(url))) void openExternal(url)
    return { action: 'deny' }
  })
}
