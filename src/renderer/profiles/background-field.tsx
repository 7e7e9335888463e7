import { CloseButton, ColorInput } from '@mantine/core'
import { useState } from 'react'

interface BackgroundFieldProps {
  value: string | undefined
  disabled: boolean
  onChange: (value: string | undefined) => void
}

/** Colour of places that a slide has no pixels for; empty leaves it to the slide. */
export function BackgroundField({ value, disabled, onChange }: BackgroundFieldProps) {
  const [draft, setDraft] = useState(value ?? '')
  const wrong = draft !== '' && !/^#[0-9a-f]{6}$/i.test(draft)
  const commit = (color: string) => {
    setDraft(color)
    if (color === '') onChange(undefined)
    else if (/^#[0-9a-f]{6}$/i.test(color)) onChange(color)
  }
  return (
    <ColorInput
      label="Background"
      description="Where the slide holds no pixels."
      placeholder="As the slide says, else white"
      disabled={disabled}
      value={draft}
      fixOnBlur={false}
      withEyeDropper={false}
      swatches={['#ffffff', '#f4f4f4', '#000000']}
      error={wrong ? 'A colour such as #ffffff.' : undefined}
      rightSection={
        draft === '' || disabled ? null : (
          <CloseButton size="sm" aria-label="Leave the background to the slide" onClick={() => commit('')} />
        )
      }
      onChange={setDraft}
      onChangeEnd={commit}
      onBlur={() => commit(draft)}
    />
  )
}
