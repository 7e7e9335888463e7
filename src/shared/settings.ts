import { z } from 'zod'
import { namePattern, plainNamePattern } from './domain/name-pattern.ts'
import { profile } from './domain/profiles.ts'

const text = z.string().trim()
const port = z.coerce.number().int().min(0).max(65535)
const hour = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 18:30')
const urlHost = text.regex(
  /^((\*\.)?[\p{L}\p{N}_.-]+|\[[\da-f:.]+\])$/iu,
  'must be a host name such as nas.local or *.example.org'
)
const peer = text.regex(/^([^\s:[\]]+|\[[\da-f:.%]+\]):\d{1,5}$/i, 'must be host:port')
const flag = z.union([z.boolean(), z.stringbool()])

/** When this node's worker side takes tasks of the lab. `hours` may run over midnight. */
export const availability = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('always') }),
  z.strictObject({ mode: z.literal('on-mains') }),
  z.strictObject({ mode: z.literal('hours'), from: hour, to: hour })
])
export type Availability = z.infer<typeof availability>

/** Every key of the configuration file, with its default where that does not depend on the machine. */
export const settingsSchema = z.strictObject({
  name: text.min(1).max(80).describe('What paired nodes and people call this node'),
  host: text.default('0.0.0.0').describe('Address that the peer port listens on'),
  port: port.default(47800).describe('Port for paired nodes; 0 picks a free one'),
  uiPort: port.default(0).describe('Port of the page on 127.0.0.1; 0 picks a free one'),
  interface: text.default('all').describe('Network interface for discovery: a name, all, or none'),
  peers: z.array(peer).default([]).describe('host:port of nodes to connect to besides those found'),
  slots: z.coerce.number().int().min(1).max(64).describe('Tasks that run at once'),
  threads: z.coerce.number().int().min(1).max(256).describe('Threads divided among the running tasks'),
  localWork: flag.default(true).describe('Whether this node runs jobs itself'),
  availability: availability.default({ mode: 'always' }).describe('When this node works for the lab'),
  destination: text.describe('Folder for results unless a drop names another'),
  profiles: z
    .strictObject({ slide: profile, image: profile, video: profile })
    .partial()
    .default({})
    .describe('Profile per kind that a drop starts with'),
  namePattern: namePattern
    .default(plainNamePattern)
    .describe('What results are called: {name} of the source, {index} in the drop, {hash} of the content'),
  keepFinishedDays: z.coerce.number().min(0).max(3650).default(30).describe('Days that finished jobs stay listed'),
  shareFileNames: flag.default(false).describe('Whether workers see file names instead of ids'),
  uploadLimitBytes: z.coerce
    .number()
    .positive()
    .default(20 * 2 ** 30)
    .describe('Largest file that a browser may stream in'),
  urlHosts: z.array(urlHost).default([]).describe('Hosts that jobs may fetch from and send to; every one where empty'),
  urlLimitBytes: z.coerce
    .number()
    .positive()
    .default(20 * 2 ** 30)
    .describe('Largest file that is fetched from a URL'),
  urlTimeoutS: z.coerce
    .number()
    .min(1)
    .max(7 * 86_400)
    .default(6 * 3_600)
    .describe('Seconds that fetching or sending one file may take'),
  engineTimeoutS: z.coerce
    .number()
    .min(5)
    .max(7 * 86_400)
    .default(180)
    .describe('Seconds that an outside engine may be silent before its jobs go to others'),
  keepResultsDays: z.coerce
    .number()
    .min(0)
    .max(3650)
    .default(7)
    .describe('Days that results which are fetched over HTTP are kept after their job'),
  ffmpegPath: text.optional().describe('ffmpeg to use; otherwise it is looked for'),
  ffprobePath: text.optional().describe('ffprobe to use; otherwise it is looked for'),
  openslidePath: text.optional().describe('OpenSlide library to load; otherwise it is looked for'),
  startAtLogin: flag.default(false).describe('Start hidden when the user logs in (desktop)'),
  appearance: z.enum(['system', 'light', 'dark']).default('system').describe('Colours of the window'),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('File names are logged at debug only')
})
export type Settings = z.infer<typeof settingsSchema>
export type SettingKey = keyof Settings

/** `lab`: means the same on every node and may be shared one day. `machine`: is this machine's own. */
export const settingScope = {
  name: 'machine',
  host: 'machine',
  port: 'machine',
  uiPort: 'machine',
  interface: 'machine',
  peers: 'machine',
  slots: 'machine',
  threads: 'machine',
  localWork: 'machine',
  availability: 'machine',
  destination: 'machine',
  profiles: 'lab',
  namePattern: 'lab',
  keepFinishedDays: 'lab',
  shareFileNames: 'lab',
  uploadLimitBytes: 'lab',
  urlHosts: 'lab',
  urlLimitBytes: 'lab',
  urlTimeoutS: 'lab',
  engineTimeoutS: 'lab',
  keepResultsDays: 'lab',
  ffmpegPath: 'machine',
  ffprobePath: 'machine',
  openslidePath: 'machine',
  startAtLogin: 'machine',
  appearance: 'machine',
  logLevel: 'machine'
} as const satisfies Record<SettingKey, 'lab' | 'machine'>

/** Where a setting's value in force came from; the later beats the earlier. */
export const settingOrigin = z.enum(['default', 'file', 'environment', 'command-line'])
export type SettingOrigin = z.infer<typeof settingOrigin>

/** Keys that act at the next start only; the others at once. */
export const restartKeys = ['host', 'port', 'uiPort', 'interface'] as const satisfies SettingKey[]
