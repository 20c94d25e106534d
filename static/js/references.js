/** References show their topic before they are followed (preview.js, fetched when the first one is pointed at, focused or touched). Without it they are links. */
const kinds = ["pointerover", "pointerdown", "focusin"]

let watched = false

async function first(event) {
  // A finger is over a reference before it is down on it.
  if (event.type === "pointerover" && event.pointerType === "touch") return
  if (!event.target.closest?.("a.ref[data-topic]")) return
  let watch
  try {
    ({ watch } = await import("./preview.js"))
  } catch {
    // The server is away for a moment: the next reference tries again.
    return
  }
  for (const kind of kinds) removeEventListener(kind, first)
  if (!watched) watch(event)
  watched = true
}

for (const kind of kinds) addEventListener(kind, first)
