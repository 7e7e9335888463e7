import { KeysPart } from './keys-part.tsx'
import { ServicesPart } from './services-part.tsx'

/** How other programs reach this computer: the HTTP faces, and the keys that let programs in. */
export function ServicesSection() {
  return (
    <>
      <ServicesPart />
      <KeysPart />
    </>
  )
}
