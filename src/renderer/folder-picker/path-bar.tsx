import { UnstyledButton } from '@mantine/core'
import { IconChevronRight } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import classes from './folder-picker.module.css'
import { pathParts } from './path-parts.ts'

/** The way from the root to the open folder; each step leads back to it. */
export function PathBar({ path, onOpen }: { path: string; onOpen: (path: string) => void }) {
  const bar = useRef<HTMLElement>(null)
  // The end of a long path is what people need to see.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the path that makes the bar longer.
  useEffect(() => {
    bar.current?.scrollTo({ left: bar.current.scrollWidth })
  }, [path])
  return (
    <nav className={classes.path} aria-label="Open folder" ref={bar}>
      {pathParts(path).map((part, index, parts) => (
        <span key={part.path} className={classes.step}>
          {index > 0 && <IconChevronRight size={14} aria-hidden />}
          <UnstyledButton
            aria-current={index === parts.length - 1 ? 'location' : undefined}
            onClick={() => onOpen(part.path)}
          >
            {part.name}
          </UnstyledButton>
        </span>
      ))}
    </nav>
  )
}
