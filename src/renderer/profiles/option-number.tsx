import { NumberInput } from '@mantine/core'
import { useState } from 'react'
import { type Profile, parseProfile } from '../../shared/domain/profiles.ts'
import { toProblem } from '../api/problem.ts'

export interface ProfileOptionsProps {
  profile: Profile
  disabled: boolean
  onChange: (profile: Profile) => void
  /** Said below the switch of a slide's de-identification while that is off. */
  identityNote?: string | undefined
}

/** An option of a profile that is a number, with its bounds. */
export interface OptionField {
  key: string
  label: string
  description: string
  min: number | undefined
  max: number | undefined
}

/** One number of a profile; taken on Enter or when it is left, refused with the reason where it is out of bounds. */
export function OptionNumber({ field, profile, disabled, onChange }: ProfileOptionsProps & { field: OptionField }) {
  const current = profile.options[field.key]
  const value = typeof current === 'number' ? current : ''
  const [draft, setDraft] = useState<number | string>(value)
  const [error, setError] = useState<string>()
  const commit = () => {
    if (draft === value) return
    try {
      onChange(withOption(profile, field.key, draft === '' ? undefined : draft))
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

/** The profile with one option changed, or at its default where `value` is undefined. Throws `bad-option`. */
export function withOption(profile: Profile, key: string, value: unknown): Profile {
  const { [key]: _, ...others } = profile.options
  return parseProfile(profile.name, value === undefined ? others : { ...others, [key]: value })
}
