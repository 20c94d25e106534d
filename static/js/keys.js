/** The keys of a page. A module adds its own with `addKey`; who reads can switch the single ones off (WCAG 2.1.4). Arrows stay with the browser. */
import { recall, remember } from "./store.js"

/** @type {Map<string, {key: string, says: string, run: (event: KeyboardEvent) => void}>} */
const keys = new Map()

/** Whether keys without Ctrl work. */
export const singleKeys = () => recall("keys") !== "off"

export function switchSingleKeys(on) {
  remember("keys", on ? null : "off")
}

/** What every key of this page does, in the order in which they were added. */
export const allKeys = () => [...keys.values()]

/** `key` is one character, a name as in `KeyboardEvent.key`, or either after "Ctrl+" (Cmd on a Mac). `says` is what it does, in a few words. */
export function addKey(key, says, run) {
  keys.set(key, { key, says, run })
}

const types = element => element instanceof HTMLElement
  && (element.isContentEditable || element.matches("input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [data-takes-keys], [data-takes-keys] *"))

addEventListener("keydown", event => {
  if (event.defaultPrevented || event.isComposing || event.altKey) return
  const control = event.ctrlKey || event.metaKey
  const own = keys.get((control ? "Ctrl+" : "") + event.key)
  if (!own) return
  if (!control && (!singleKeys() || types(event.target))) return
  event.preventDefault()
  own.run(event)
})
