/** What this browser remembers of its reader. A browser that stores nothing is no fault: what is kept then holds for this page alone. */
const held = new Map()

/** The text kept under `name`, or null. `area` is "local" (until it is cleared) or "session" (until the tab closes). */
export function recall(name, area = "local") {
  try {
    const kept = globalThis[area + "Storage"].getItem(name)
    if (kept !== null) return kept
  } catch { /* storage is closed to us */ }
  return held.get(area + name) ?? null
}

/** Keeps `text` under `name`; null forgets it. */
export function remember(name, text, area = "local") {
  if (text === null) held.delete(area + name)
  else held.set(area + name, text)
  try {
    const store = globalThis[area + "Storage"]
    if (text === null) store.removeItem(name)
    else store.setItem(name, text)
  } catch { /* not kept, but it holds for this page */ }
}
