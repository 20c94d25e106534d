/** The map of keys, a dialog: every key of this page, and the switch for those that are one character. Loaded when it is first asked for. */
import { allKeys, singleKeys, switchSingleKeys } from "./keys.js"

/** What the browser does itself: told, and never taken from it. */
const BROWSERS = [
  ["Tab", "Goes to the next link, button or field; with Shift to the one before"],
  ["Enter", "Follows a link, unfolds what is folded, presses a button"],
  ["Esc", "Closes what is open above the page, such as this map"],
  ["↑ ↓ ← →", "Scroll the page, or the code, table or picture in focus"],
]

const mac = /Mac|iPhone|iPad/.test(navigator.platform)

let dialog = null

/** Opens the map. The browser gives the focus back when it is closed. */
export async function show() {
  await dressed
  dialog ??= document.body.appendChild(made())
  fill()
  if (!dialog.open) dialog.showModal()
}

/** An element with text or other elements in it. */
function element(name, attributes, ...inside) {
  const one = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) one.setAttribute(key, value)
  one.append(...inside)
  return one
}

function made() {
  const single = element("input", { type: "checkbox", role: "switch", "aria-describedby": "keys-why" })
  single.addEventListener("change", () => {
    switchSingleKeys(single.checked)
    fill()
  })
  const all = element("dialog", { class: "keys-map", "aria-labelledby": "keys-title" },
    element("form", { method: "dialog" }, element("h2", { id: "keys-title" }, "Keys"), element("button", { class: "btn", value: "close" }, "Close")),
    element("dl", { class: "own" }),
    element("label", {}, single, "Single keys"),
    element("p", { class: "small soft", id: "keys-why" }, "Keys without Ctrl. Switch them off if you dictate, or press keys by accident. This browser remembers it."),
    element("h3", {}, "The browser's own"),
    element("dl", {}, ...BROWSERS.map(row)))
  // A click beside the map closes it.
  all.addEventListener("click", ({ target }) => { if (target === all) all.close() })
  return all
}

/** Fills in what may have changed since: keys that were added, the switch. */
function fill() {
  const on = singleKeys()
  dialog.querySelector("input").checked = on
  dialog.querySelector(".own").replaceChildren(...allKeys().map(({ key, says, run }) => {
    const off = !on && run && !key.startsWith("Ctrl+")
    return row([key.replace("Ctrl+", mac ? "⌘ " : "Ctrl "), says, off])
  }))
}

function row([keys, says, off]) {
  const caps = keys.split(" ").flatMap(key => [" ", element("kbd", {}, key)]).slice(1)
  const told = off ? element("dd", { class: "off" }, element("s", {}, says), " off") : element("dd", {}, says)
  return element("div", {}, element("dt", {}, ...caps), told)
}

// The map is not shown before it is dressed; where its sheet does not come, it is shown without.
const sheet = element("link", { rel: "stylesheet", href: new URL("../css/keys-map.css", import.meta.url) })
const dressed = new Promise(done => {
  sheet.addEventListener("load", done)
  sheet.addEventListener("error", done)
})
document.head.append(sheet)
