/** The keys of a page. A module adds its own with `addKey`; who reads can switch the single ones off (WCAG 2.1.4). Arrows stay with the browser. `?` shows them all. */
import { recall, remember } from "./store.js"

/** @type {Map<string, {key: string, says: string, run?: (event: KeyboardEvent) => void}>} */
const keys = new Map()

/** Whether keys without Ctrl work. */
export const singleKeys = () => recall("keys") !== "off"

export function switchSingleKeys(on) {
  remember("keys", on ? null : "off")
}

/** What every key of this page does, in the order in which they were added. */
export const allKeys = () => [...keys.values()]

/** `key` is one character, a name as in `KeyboardEvent.key`, or either after "Ctrl+" (Cmd on a Mac). `says` is what it does, in a few words. Without `run` it is only told. */
export function addKey(key, says, run) {
  keys.set(key, { key, says, run })
}

/** Forgets what `addKey` added under these. */
export function dropKeys(some) {
  for (const key of some) keys.delete(key)
}

const types = element => element instanceof HTMLElement
  && (element.isContentEditable || element.matches("input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [data-takes-keys], [data-takes-keys] *"))

addEventListener("keydown", event => {
  if (event.defaultPrevented || event.isComposing || event.altKey) return
  const control = event.ctrlKey || event.metaKey
  // Caps Lock changes no key, Shift does.
  const name = event.key.length > 1 || event.shiftKey ? event.key : event.key.toLowerCase()
  const own = keys.get((control ? "Ctrl+" : "") + name)
  if (!own?.run) return
  // What is typed into a field, or said to a dialog, is not meant for the page.
  if (!control && (!singleKeys() || types(event.target) || document.querySelector("dialog:modal"))) return
  event.preventDefault()
  // A key that is held down does its work once.
  if (!event.repeat) own.run(event)
})

/** Shows the map of keys, which is loaded when it is first asked for. */
async function map() {
  try {
    (await import("./keys-map.js")).show()
  } catch {
    document.getElementById("said").textContent = "The map of keys did not load: Waterline does not answer."
  }
}

addKey("?", "Shows this map of keys", map)
document.getElementById("all-keys")?.addEventListener("click", map)
