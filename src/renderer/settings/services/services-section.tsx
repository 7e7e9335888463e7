import { KeysPart } from './keys-part.tsx'
import { ServicesPart } from './services-part.tsx'
import { UrlFields } from './url-fields.tsx'

/** How other programs reach this computer: the HTTP faces, the keys that let programs in, and what jobs by URL may do. */
export function ServicesSection() {
  return (
    <>
      <ServicesPart />
      <KeysPart />
      <UrlFields />
    </>
  )
}
