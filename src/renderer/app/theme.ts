import { type CSSVariablesResolver, createTheme, type MantineColorsTuple, Menu } from '@mantine/core'

/** Haematoxylin blue: calm, and dark enough at shade 8 for white text (7.4 : 1). */
const ink: MantineColorsTuple = [
  '#eef3fb',
  '#dce6f5',
  '#b8cbe9',
  '#90aedd',
  '#6e96d3',
  '#5886cd',
  '#4a7ac4',
  '#3868ae',
  '#2a5592',
  '#1d4178'
]

/** Neutral greys with a trace of blue, darkest last; Mantine's dark scheme takes its surfaces from here. */
const dark: MantineColorsTuple = [
  '#d5d9e0',
  '#b4bac6',
  '#9199a8',
  '#6b7484',
  '#454d5b',
  '#353c48',
  '#282e38',
  '#1e232b',
  '#181c23',
  '#12151a'
]

/** Colours, type and spacing of the whole window. System fonts: nothing to load, and it looks at home. */
export const theme = createTheme({
  primaryColor: 'ink',
  primaryShade: 8,
  colors: { ink, dark },
  fontFamily:
    "'Segoe UI Variable Text', 'Segoe UI', -apple-system, Roboto, 'Noto Sans', Ubuntu, Cantarell, system-ui, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'Cascadia Mono', 'SF Mono', Menlo, Consolas, 'Noto Sans Mono', monospace",
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.375rem', lineHeight: '1.3' },
      h2: { fontSize: '1.125rem', lineHeight: '1.35' },
      h3: { fontSize: '0.9375rem', lineHeight: '1.4' }
    }
  },
  defaultRadius: 'md',
  radius: { xs: '3px', sm: '5px', md: '7px', lg: '10px', xl: '16px' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  // The placeholder is an empty stop for Tab that screen readers meet as a child a menu may not have.
  components: { Menu: Menu.extend({ defaultProps: { withInitialFocusPlaceholder: false } }) }
})

/** Mantine's own dimmed grey and red are too pale to read; their place take the colours of global.css. */
export const resolveVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: { '--mantine-color-dimmed': '#5a6475', '--mantine-color-text': '#1b222d', '--mantine-color-error': '#b02a20' },
  dark: { '--mantine-color-dimmed': '#a3abb9', '--mantine-color-text': '#dde1e8', '--mantine-color-error': '#ff9d94' }
})
