import { IconMicroscope, IconMovie, IconPhoto } from '@tabler/icons-react'
import { useState } from 'react'
import type { Kind } from '../../shared/domain/profiles.ts'
import classes from './thumbnail.module.css'

const icons = { slide: IconMicroscope, image: IconPhoto, video: IconMovie } as const satisfies Record<Kind, unknown>

/** Addresses that had no picture; asking again at every scroll would be noise. */
const withoutPicture = new Set<string>()

interface ThumbnailProps {
  kind: Kind
  /** Undefined where there is none. */
  src: string | undefined
  large?: boolean
}

/** A small picture of fixed size, or the sign of its kind where there is none. */
export function Thumbnail({ kind, src, large = false }: ThumbnailProps) {
  const [broken, setBroken] = useState<string>()
  const Icon = icons[kind]
  const shown = src !== undefined && broken !== src && !withoutPicture.has(src)
  const giveUp = () => {
    if (src === undefined) return
    withoutPicture.add(src)
    setBroken(src)
  }
  return (
    <span className={classes.frame} data-large={large || undefined}>
      {shown ? (
        <img className={classes.picture} src={src} alt="" draggable={false} onError={giveUp} />
      ) : (
        <Icon size={large ? 30 : 18} stroke={1.5} aria-hidden />
      )}
    </span>
  )
}
