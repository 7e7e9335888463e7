const plainPosix = /^[\w@%+=:,./-]+$/
const plainWindows = /^[\w@+=:,.\\/-]+$/

/** One line that can be pasted into a shell (POSIX sh, or cmd on Windows) and runs exactly this. For logs at debug. */
export function shellCommand(platform: NodeJS.Platform, command: string, args: readonly string[]): string {
  const quote = platform === 'win32' ? quoteWindows : quotePosix
  return [command, ...args].map(quote).join(' ')
}

function quotePosix(text: string): string {
  return plainPosix.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

/** CommandLineToArgvW's rules: backslashes count double before a quote; cmd still expands % inside quotes, hence the caret outside them. */
function quoteWindows(text: string): string {
  if (plainWindows.test(text)) return text
  const escaped = text.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')
  return `"${escaped.replaceAll('%', '"^%"')}"`
}
