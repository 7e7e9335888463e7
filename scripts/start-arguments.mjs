/** @typedef {{ mode: 'cli', args: string[] } | { mode: 'app', face: 'auto' | 'desktop' | 'browser', args: string[] }} Start */

const faces = ['--desktop', '--browser']
const answered = ['-h', '--help', '--version']

/**
 * What `npm start -- …` asks for: the app where nothing or only options are given (they go to `serve`), else a command.
 * A `--desktop` behind a command (`doctor --desktop`) is that command's own.
 * @param {readonly string[]} args
 * @returns {Start}
 */
export function parseStart(args) {
  const [first] = args
  if (first !== undefined && (!first.startsWith('-') || answered.includes(first)))
    return { mode: 'cli', args: [...args] }
  const face = args.includes('--desktop') ? 'desktop' : args.includes('--browser') ? 'browser' : 'auto'
  return { mode: 'app', face, args: args.filter((arg) => !faces.includes(arg)) }
}

/**
 * @param {string} platform
 * @param {NodeJS.ProcessEnv} env
 */
export function hasDisplay(platform, env) {
  return platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY)
}
