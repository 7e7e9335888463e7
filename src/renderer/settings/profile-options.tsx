import { NumberInput, SimpleGrid } from '@mantine/core'
import { useState } from 'react'
import { z } from 'zod'
import { type Profile, parseProfile, profiles } from '../../shared/domain/profiles.ts'
import { toProblem } from '../api/problem.ts'

interface ProfileOptionsProps {
  profile: Profile
  disabled: boolean
  onChange: (profile: Profile) => void
}

/** The options of a profile, as its schema names and bounds them. */
export function ProfileOptions({ profile, disabled, onChange }: ProfileOptionsProps) {
  return (
    <SimpleGrid cols={2} spacing="sm" pt="xs">
      {optionFields(profile.name).map((field) => (
        <OptionInput key={field.key} field={field} profile={profile} disabled={disabled} onChange={onChange} />
      ))}
    </SimpleGrid>
  )
}

interface OptionField {
  key: string
  label: string
  description: string
  min: number | undefined
  max: number | undefined
}

const schemaField = z.object({
  description: z.string().default(''),
  minimum: z.number().optional(),
  maximum: z.number().optional()
})

/** The options of a profile with their bounds, read from its schema. */
export function optionFields(name: Profile['name']): OptionField[] {
  const schema = z.toJSONSchema(profiles[name].options, { io: 'output' })
  return Object.entries(schema.properties ?? {}).map(([key, property]) => {
    const { description, minimum, maximum } = schemaField.parse(property)
    return { key, label: label(key), description, min: minimum, max: maximum }
  })
}

function label(key: string): string {
  if (key === 'crf') return 'Rate factor (CRF)'
  const words = key.replace(/([A-Z])/g, ' $1').toLowerCase()
  const named = words.replace(/ px$/, ' (px)')
  return named.charAt(0).toUpperCase() + named.slice(1)
}

function OptionInput({ field, profile, disabled, onChange }: ProfileOptionsProps & { field: OptionField }) {
  const current = profile.options[field.key]
  const value = typeof current === 'number' ? current : ''
  const [draft, setDraft] = useState<number | string>(value)
  const [error, setError] = useState<string>()
  const commit = () => {
    if (draft === value) return
    const { [field.key]: _, ...others } = profile.options
    try {
      onChange(parseProfile(profile.name, draft === '' ? others : { ...others, [field.key]: draft }))
      setError(undefined)
    } catch (thrown) {
      setError(toProblem(thrown).message)
    }
  }
  return (
    <NumberInput
      label={field.label}
      description={field.description}
      disabled={disabled}
      value={draft}
      allowDecimal={false}
      clampBehavior="none"
      {...(field.min === undefined ? {} : { min: field.min })}
      {...(field.max === undefined ? {} : { max: field.max })}
      error={error}
      onChange={setDraft}
      onBlur={commit}
      onKeyDown={(event) => event.key === 'Enter' && commit()}
    />
  )
}
