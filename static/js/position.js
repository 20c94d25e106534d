/** Where a note was left: kept in this browser, and offered when the note is opened again. It never scrolls by itself. */
import { headings, whenReading } from "./contents.js"
import { recall, remember } from "./store.js"
// The offer stands before the trail: both are put in at once, so that neither moves the other.
import "./trail.js"

const MOST = 200
const note = location.pathname
const room = document.querySelector(".stand[data-note]")

/** Note, heading, and how far between it and the next one: oldest first. */
function kept() {
  try {
    return JSON.parse(recall("left")).filter(place => Array.isArray(place) && place.length === 3)
  } catch {
    return []
  }
}

/** Where the text below a heading begins and ends in the window. */
function extent(heading) {
  const next = headings[headings.indexOf(heading) + 1]
  const { top } = heading.getBoundingClientRect()
  const end = next?.getBoundingClientRect().top ?? [...document.querySelectorAll(".topic, .prose")].at(-1).getBoundingClientRect().bottom
  return { top, size: Math.max(1, end - top) }
}

/** Below what sticks to the top: where a heading lands that was jumped to. */
const landing = () => parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) || 0

function keep() {
  const places = kept().filter(([at]) => at !== note)
  const { top, size } = extent(headings.at(-1))
  // At the beginning the place from before is still good; at the end there is none to keep.
  if (scrollY < innerHeight / 2 || !read) return
  if (top + size > innerHeight) {
    const { top, size } = extent(read)
    const part = Math.min(1, Math.max(0, (landing() - top) / size))
    places.push([note, read.id, Math.round(part * 1000) / 1000])
  }
  remember("left", places.length ? JSON.stringify(places.slice(-MOST)) : null)
}

function offer() {
  const [, id, part] = kept().find(([at]) => at === note) ?? []
  const heading = headings.find(heading => heading.id === id)
  const opened = performance.getEntriesByType("navigation")[0]?.type ?? "navigate"
  // Going back and reloading bring the reader to the place already, and so does a link to a heading.
  if (!heading || location.hash || opened !== "navigate") return
  const link = document.createElement("a")
  link.href = `#${encodeURIComponent(id)}`
  link.textContent = titleOf(heading)
  link.addEventListener("click", () => requestAnimationFrame(() => scrollBy({ top: (Number(part) || 0) * extent(heading).size, behavior: "instant" })))
  const words = document.createElement("p")
  words.className = "left-at"
  words.append("You left off at ", link)
  room.prepend(words)
}

/** What a heading says, without the names below it. */
function titleOf(heading) {
  const copy = heading.cloneNode(true)
  for (const name of copy.querySelectorAll(".anchor, .permalink")) name.remove()
  return copy.textContent.trim() || heading.id
}

let read = null
if (room && headings.length) {
  whenReading(heading => { read = heading })
  offer()
  addEventListener("pagehide", keep)
  document.addEventListener("visibilitychange", () => { if (document.hidden) keep() })
}
