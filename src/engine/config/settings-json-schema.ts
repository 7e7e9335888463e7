import { z } from 'zod'
import { type SettingKey, settingsSchema } from '../../shared/settings.ts'

/** What JSON Schema says of one setting, as far as it is read here. */
export interface SettingSchema {
  type?: string
  enum?: unknown[]
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  minLength?: number
  maxLength?: number
  default?: unknown
  description?: string
}

export const settingKeys = Object.keys(settingsSchema.shape) as SettingKey[]

/** Keys whose value is read from text as JSON, because it is a list or an object. */
export const structuredKeys: readonly SettingKey[] = ['peers', 'availability', 'profiles', 'urlHosts']

const machineDependent = { name: 'x', slots: 1, threads: 1, destination: 'x' }
const fixedDefaults: Record<string, unknown> = settingsSchema.parse(machineDependent)

/** JSON Schema of the configuration file, for editors. Text that stands for a number or a flag is only for environment and command line. */
export function settingsJsonSchema() {
  const { properties = {}, $schema } = z.toJSONSchema(settingsSchema.partial(), { io: 'input' })
  const keys = settingKeys.map((key) => [key, forEditors(key, properties[key])] as const)
  return {
    $schema,
    title: 'Microtome configuration',
    type: 'object',
    properties: { $schema: { type: 'string' }, ...Object.fromEntries(keys) },
    additionalProperties: false
  }
}

function forEditors(key: SettingKey, schema: unknown): SettingSchema {
  const known: SettingSchema = typeof schema === 'object' && schema !== null ? { ...schema } : {}
  if (Array.isArray(known.type)) known.type = 'boolean'
  return key in machineDependent || fixedDefaults[key] === undefined ? known : { ...known, default: fixedDefaults[key] }
}

const bySetting: Record<string, SettingSchema> = Object.fromEntries(
  Object.entries(settingsJsonSchema().properties).filter(([key]) => key !== '$schema')
)

export function schemaOf(key: SettingKey): SettingSchema {
  return bySetting[key] ?? {}
}

const structured: Partial<Record<SettingKey, string>> = {
  peers: 'a list of host:port, such as ["10.0.0.5:47800"]',
  availability: '{"mode":"always"}, {"mode":"on-mains"} or {"mode":"hours","from":"18:30","to":"06:00"}',
  urlHosts: 'a list of host names, such as ["nas.local","*.example.org"]',
  profiles: 'an object with slide, image and video, each {"name":PROFILE,"options":{}}',
  destination: 'an absolute path, or one that begins with ~/'
}

/** What a setting takes, in words: `a whole number from 1 to 64`. */
export function allowedValues(key: SettingKey): string {
  const schema = schemaOf(key)
  if (structured[key] !== undefined) return structured[key]
  if (schema.enum) return `one of ${schema.enum.join(', ')}`
  if (schema.type === 'boolean') return 'true or false'
  if (schema.type === 'integer') return `a whole number from ${schema.minimum} to ${schema.maximum}`
  if (schema.type === 'number') return numberRange(schema)
  return schema.maxLength === undefined ? 'text' : `text of ${schema.minLength ?? 0} to ${schema.maxLength} characters`
}

function numberRange({ minimum, maximum, exclusiveMinimum }: SettingSchema): string {
  if (exclusiveMinimum !== undefined) return `a number above ${exclusiveMinimum}`
  return `a number from ${minimum} to ${maximum}`
}
