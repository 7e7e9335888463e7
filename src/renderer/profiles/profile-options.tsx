import { SimpleGrid } from '@mantine/core'
import { z } from 'zod'
import { kindOfProfile, type Profile, profiles } from '../../shared/domain/profiles.ts'
import { type OptionField, OptionNumber, type ProfileOptionsProps } from './option-number.tsx'
import { SlideOptionsForm } from './slide-options-form.tsx'

/** The options of a profile: those of slides with a field made for each, the others as their schema names and bounds them. */
export function ProfileOptions(props: ProfileOptionsProps) {
  if (kindOfProfile(props.profile.name) === 'slide') return <SlideOptionsForm {...props} />
  return (
    <SimpleGrid cols={2} spacing="sm" pt="xs">
      {numberFields(props.profile.name).map((field) => (
        <OptionNumber key={field.key} field={field} {...props} />
      ))}
    </SimpleGrid>
  )
}

const schemaField = z.object({
  description: z.string().default(''),
  minimum: z.number().optional(),
  maximum: z.number().optional()
})

function numberFields(name: Profile['name']): OptionField[] {
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
