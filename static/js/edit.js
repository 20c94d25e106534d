/**
 * The page follows its notes; fetched when the stream tells of an edition that the page is
 * not made from. The page asks for itself again and is changed where it differs, so that the
 * place in the text, what is unfolded, what has the focus and what is live stay as they are.
 */
import { Idiomorph } from "../vendor/idiomorph.js"

/** Attributes that scripts of ours put on what the server sent. */
const OURS = new Set(["data-seen", "data-some", "data-ready", "data-copied", "data-shown", "data-holds", "data-drawn", "data-moved", "aria-details", "tabindex", "style"])

const word = element => element.querySelector("a")?.firstChild?.textContent.trim()

/**
 * Elements that are the same as before or new, but never changed in part, since scripts put something into them; by
 * what they are known. The way here and the offer to go on stand in the first, what is typed in the second.
 */
const WHOLE = [
  [".stand", () => ""],
  [".prompt", () => ""],
  ["live-panel", element => element.getAttribute("key")],
  ["live-value", element => [element.getAttribute("name"), element.getAttribute("key"), word(element)]],
  ["copy-code", element => element.querySelector("code")?.textContent],
]

let newest = 0
let shown = ""
let timer = 0

/** Asks for the page again. Says whether it was heard. */
export async function follow() {
  const turn = ++newest
  let answer, text
  try {
    answer = await fetch(location.href.split("#")[0], { cache: "no-cache" })
    text = await answer.text()
  } catch {
    return false
  }
  if (answer.status >= 500) return false
  // Another edition came meanwhile, whose page is on its way; or nothing differs on this one.
  if (turn !== newest || text === shown) return true
  const next = new DOMParser().parseFromString(text, "text/html")
  const here = document.querySelector("body > .frame"), there = next.querySelector("body > .frame")
  const base = page => page.querySelector("link[rel=stylesheet]")?.getAttribute("href").split("/css/")[0]
  if (!here || !there || base(document) !== base(next)) {
    // Waterline itself is another one, and so are its scripts and styles.
    location.reload()
    return true
  }
  await dress(next)
  if (turn !== newest) return true
  shown = text
  document.title = next.title
  if (!change(here, there, next)) return true
  document.dispatchEvent(new Event("page:changed"))
  tell(answer.status === 404 ? "This page is gone." : "This page has changed: notes were saved.")
  return true
}

const scripts = page => page.querySelector("meta[name=scripts]")?.content.split(" ") ?? []
const brought = new Set(scripts(document))

/** Brings the styles and scripts that the page did not need before. */
async function dress(next) {
  const has = address => [...document.querySelectorAll("link")].some(one => one.href === address)
  const sheets = [...next.querySelectorAll("link[rel=stylesheet]")].map(({ href }) => href).filter(href => !has(href))
  await Promise.all(sheets.map(href => new Promise(done => {
    const link = document.createElement("link")
    link.rel = "stylesheet"
    link.href = href
    link.onload = link.onerror = done
    document.head.append(link)
  })))
  for (const name of scripts(next).filter(name => !brought.has(name))) {
    brought.add(name)
    // Where one does not come, its part of the page is as it is without scripts.
    import(`./${name}.js`).catch(() => {})
  }
}

/** Changes the page where it differs, and says whether it did. What is being read stays where it is. */
function change(here, there, next) {
  const places = inSight(here)
  const watch = new MutationObserver(() => {})
  const ids = new Map()
  for (const root of [here, there]) know(root, ids)
  // Inside of a panel nothing is changed, and one that stands on the page twice has its ids twice.
  const inside = [...here.querySelectorAll("live-panel [id]")].map(one => [one, one.id])
  for (const [one] of inside) one.removeAttribute("id")
  document.documentElement.style.overflowAnchor = "none"
  watch.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true })
  const notice = document.getElementById("edit-notice"), other = next.getElementById("edit-notice")
  if (notice && other && notice.outerHTML !== other.outerHTML) notice.replaceWith(other)
  Idiomorph.morph(here, there, {
    morphStyle: "outerHTML",
    callbacks: {
      beforeNodeMorphed: (old, to) => !(old.id?.startsWith("whole-") && old.id === to.id),
      beforeAttributeUpdated: (name, node, what) => !(
        (name === "open" && node.localName === "details")
        || (name === "value" && node.type !== "hidden")
        || (name === "aria-current" && node.getAttribute(name) === "location")
        || (OURS.has(name) && what === "remove")
      ),
    },
  })
  const changed = watch.takeRecords().some(({ target }) => !target.closest?.("[hidden]"))
  watch.disconnect()
  for (const [one, id] of inside) one.id = id
  for (const one of document.querySelectorAll('[id^="whole-"]')) one.removeAttribute("id")
  const stayed = places.find(([one]) => one.isConnected)
  if (stayed && scrollY > 8) scrollBy({ top: stayed[0].getBoundingClientRect().top - stayed[1], behavior: "instant" })
  requestAnimationFrame(() => { document.documentElement.style.overflowAnchor = "" })
  return changed
}

/** What is in sight, from the top, and where. */
function inSight(here) {
  const top = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) || 0
  const all = [...here.querySelectorAll("main :is(h1, h2, h3, h4, h5, h6, p, li, pre, tr, live-panel)")]
  const places = all.map(one => [one, one.getBoundingClientRect()]).filter(([, box]) => box.height && box.bottom > top && box.top < innerHeight)
  // First those whose beginning is in sight.
  return places.sort(([, a], [, b]) => (a.top < top) - (b.top < top)).map(([one, box]) => [one, box.top])
}

/** Gives what is known as a whole an id, the same one in both versions of the page. */
function know(root, ids) {
  const count = new Map()
  for (const [what, of] of WHOLE) for (const one of root.querySelectorAll(what)) {
    if (one.id) continue
    const name = JSON.stringify([what, of(one)])
    const times = (count.get(name) ?? 0) + 1
    count.set(name, times)
    const key = name + times
    if (!ids.has(key)) ids.set(key, `whole-${ids.size}`)
    one.id = ids.get(key)
  }
}

/** Says that the page has changed, and what there is to mend in its note. */
function tell(text) {
  const said = document.getElementById("said")
  if (said) said.textContent = text
  // What is saved and not shown is told over the whole width, where this would stand.
  if (document.querySelector("#edit-notice p")) return document.querySelector("body > .edited")?.remove()
  const told = document.querySelector("body > .edited") ?? document.body.appendChild(document.createElement("p"))
  told.className = "edited"
  told.textContent = text
  const mend = document.querySelector("#for-the-author details")
  if (mend) {
    const link = document.createElement("a")
    link.href = "#for-the-author"
    link.textContent = mend.querySelector("summary").textContent.replace("For the author: ", "")
    link.addEventListener("click", () => { mend.open = true })
    told.append(" ", link)
    const first = document.createElement("span")
    first.textContent = mend.querySelector("li").textContent
    told.append(first)
  }
  clearTimeout(timer)
  timer = setTimeout(() => told.remove(), mend ? 20_000 : 5000)
}
