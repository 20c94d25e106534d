/** What was seen: a tick at every topic and note that was read here. It stays in this browser, until it is told to forget. */
import { recall, remember } from "./store.js"

const MOST = 4000
/** Milliseconds that a heading stays before it counts; whoever scrolls by has not read it. */
const LONG_ENOUGH = 3000

const kept = () => new Set(recall("seen")?.split("\n"))
let seen = kept()

/** Topics go by their name, notes by their path. */
function subject(link) {
  if (link.pathname.startsWith("/topics/")) return decodeURIComponent(link.pathname.slice("/topics/".length))
  return link.getAttribute("href").startsWith("#") ? decodeURIComponent(link.hash.slice(1)) : link.pathname
}

let topics, marked

function look() {
  topics = [...document.querySelectorAll(".tree a:not(.plain)")]
  marked = [...topics, ...document.querySelectorAll(".entries a")]
}
const key = document.querySelector(".seen-key")

function draw() {
  let some = false
  for (const link of marked) {
    const is = seen.has(subject(link))
    link.toggleAttribute("data-seen", is)
    some ||= is
  }
  key?.toggleAttribute("data-some", some)
}

function saw(...names) {
  seen = kept()
  for (const name of names) seen.add(name)
  // A note is seen when all of its topics are.
  const own = topics.filter(link => link.getAttribute("href").startsWith("#"))
  if (document.querySelector(".stand[data-note]") && own.every(link => seen.has(subject(link)))) seen.add(location.pathname)
  remember("seen", [...seen].slice(-MOST).join("\n"))
  draw()
}

look()
draw()
document.addEventListener("page:changed", () => {
  look()
  draw()
})
addEventListener("storage", event => {
  if (event.key !== "seen" && event.key !== null) return
  seen = kept()
  draw()
})
addEventListener("pageshow", event => {
  if (!event.persisted) return
  seen = kept()
  draw()
})

key?.querySelector("button").addEventListener("click", () => {
  remember("seen", null)
  remember("left", null)
  seen = kept()
  draw()
  document.getElementById("said").textContent = "Forgotten: what was seen, and where notes were left."
  document.getElementById("main").focus({ preventScroll: true })
})

if (document.querySelector(".topic")) {
  const { whenReading } = await import("./contents.js")
  const page = location.pathname.startsWith("/topics/") ? [subject(location)] : []
  let names = page, timer = 0
  const wait = () => {
    clearTimeout(timer)
    if (!document.hidden) timer = setTimeout(() => saw(...names), LONG_ENOUGH)
  }
  whenReading(heading => {
    names = heading?.closest(".title") ? [...page, heading.id] : page
    wait()
  })
  document.addEventListener("visibilitychange", wait)
}
