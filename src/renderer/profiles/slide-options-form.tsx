import { Select, SimpleGrid, Stack, Switch, Text } from '@mantine/core'
import { profiles, type SlideOptions } from '../../shared/domain/profiles.ts'
import { BackgroundField } from './background-field.tsx'
import { copyHindrance } from './copy-hindrance.ts'
import { IdentityWarning } from './identity-warning.tsx'
import { OptionNumber, type ProfileOptionsProps, withOption } from './option-number.tsx'

const usualTileSizes = [256, 512, 1024]

/** Every option of a slide profile, and what the choice means for copying the slide's own tiles. */
export function SlideOptionsForm(props: ProfileOptionsProps) {
  const { profile, disabled, onChange, identityNote } = props
  const options = slideOptionsOf(profile.options)
  const set = (key: keyof SlideOptions) => (value: unknown) => onChange(withOption(profile, key, value))
  const deepZoom = profile.name === 'dzi' || profile.name === 'szi'
  return (
    <Stack gap="sm" pt="xs">
      <IdentitySwitch options={options} disabled={disabled} onChange={set('deidentify')} />
      {identityNote !== undefined && !options.deidentify && <IdentityWarning>{identityNote}</IdentityWarning>}
      <TileSizeField options={options} disabled={disabled} onChange={set('tileSizePx')} />
      <SimpleGrid cols={2} spacing="sm">
        <OptionNumber
          field={{ key: 'quality', label: 'Quality', description: 'Copied tiles keep theirs.', min: 1, max: 100 }}
          {...props}
        />
        {deepZoom && (
          <OptionNumber
            field={{ key: 'overlapPx', label: 'Overlap (px)', description: '0 copies tiles.', min: 0, max: 16 }}
            {...props}
          />
        )}
      </SimpleGrid>
      <ColorField options={options} disabled={disabled} onChange={set('color')} />
      <BackgroundField value={options.background} disabled={disabled} onChange={set('background')} />
      <Text size="xs" c="dimmed" role="status">
        {copyHindrance(options) ??
          'Where a slide has JPEG tiles of its own they are copied as they are: fast and exact.'}
      </Text>
    </Stack>
  )
}

/** What a profile's options say, with the defaults where one is absent or of another form. */
export function slideOptionsOf(options: Record<string, unknown>): SlideOptions {
  const parsed = profiles.dzi.options.safeParse(options)
  return parsed.success ? parsed.data : profiles.dzi.options.parse({})
}

interface FieldProps {
  options: SlideOptions
  disabled: boolean
  onChange: (value: unknown) => void
}

function IdentitySwitch({ options, disabled, onChange }: FieldProps) {
  return (
    <Switch
      label="De-identify"
      description="Leaves out label, macro and every word that could name somebody."
      checked={options.deidentify}
      disabled={disabled}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  )
}

function TileSizeField({ options, disabled, onChange }: FieldProps) {
  const current = options.tileSizePx
  const sizes = current === 'source' || usualTileSizes.includes(current) ? usualTileSizes : [current, ...usualTileSizes]
  return (
    <Select
      label="Tile size"
      allowDeselect={false}
      disabled={disabled}
      value={String(current)}
      data={[
        { value: 'source', label: 'As the slide has it' },
        ...sizes.map((size) => ({ value: String(size), label: `${size} × ${size} px` }))
      ]}
      onChange={(value) => onChange(value ?? undefined)}
    />
  )
}

function ColorField({ options, disabled, onChange }: FieldProps) {
  return (
    <Select
      label="Colours"
      allowDeselect={false}
      disabled={disabled}
      value={options.color}
      data={[
        { value: 'keep', label: 'Keep, with their ICC profile' },
        { value: 'srgb', label: 'Convert to sRGB' }
      ]}
      onChange={(value) => onChange(value ?? undefined)}
    />
  )
}
