import { useEffect, useRef } from 'react'

/** Calls what belongs to a key, wherever the focus is; not in fields and menus, which have keys of their own. */
export function useKeys(acts: Readonly<Record<string, () => void>>): void {
  const latest = useRef(acts)
  useEffect(() => {
    latest.current = acts
  })
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const act = latest.current[event.key]
      if (act === undefined || event.ctrlKey || event.metaKey || event.altKey || hasOwnKeys(event.target)) return
      event.preventDefault()
      act()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
}

function hasOwnKeys(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, video, [role="menu"]') !== null
}
