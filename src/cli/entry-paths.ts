import { fileURLToPath } from 'node:url'

/** `.ts` when the sources run as they are, `.js` in the build: both keep the same folders below their root. */
const ending = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
const fromHere = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Absolute path of the program that a converter child runs. */
export const childEntry = fromHere(`../converters/child${ending}`)

/** Folder of the built page; exists after a build only. */
export const pageDir = fromHere(ending === '.ts' ? '../../out/renderer' : '../renderer')

/** The services that a node has where no file says otherwise. */
export const builtinServices = fromHere('../../resources/servers.config.json')

/** The clone, or the app's unpacked folder: where package.json lies. */
export const productDir = fromHere('../..')
