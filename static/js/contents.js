/**
 * The contents beside a text: open on a wide window, folded on a narrow one, and marking
 * the heading that is being read. Without it, they open by hand.
 */
const details = document.querySelector(".tree > details")
const wide = matchMedia("(min-width: 82rem)")

const all = () => [...document.querySelectorAll("main > h1[id], .topic > .title > [id], .prose :is(h1, h2, h3, h4, h5, h6)[id]")]

/** The headings of the text, in order. */
export const headings = all()

const told = new Set()
let read = null

/** Calls `run` with the heading that is being read, null above the first one: now, and whenever it is another. */
export function whenReading(run) {
  told.add(run)
  run(read)
}

if (details) {
  const fold = () => { details.open = wide.matches }
  fold()
  details.dataset.ready = ""
  wide.addEventListener("change", fold)

  const rail = details.parentElement
  const links = new Map()
  const learn = () => {
    links.clear()
    for (const link of details.querySelectorAll('a[href^="#"]')) links.set(decodeURIComponent(link.hash.slice(1)), link)
  }
  learn()
  document.addEventListener("page:changed", learn)

  let marked = null
  whenReading(heading => {
    const link = links.get(heading?.id) ?? null
    marked?.removeAttribute("aria-current")
    link?.setAttribute("aria-current", "location")
    marked = link
    if (link && wide.matches) {
      // Scrolls the rail alone: scrollIntoView could move the page.
      const over = link.getBoundingClientRect(), box = rail.getBoundingClientRect()
      if (over.top < box.top) rail.scrollTop -= box.top - over.top
      else if (over.bottom > box.bottom) rail.scrollTop += over.bottom - box.bottom
    }
  })
}

let asked = null, askedAt = 0

function look() {
  // The last heading near the top of the window, or above it, is the one being read. Towards
  // the end of the page the last ones cannot come up there, so the reach goes down to them.
  const most = document.documentElement.scrollHeight - innerHeight
  const slide = Math.min(.83 * innerHeight, most)
  const end = slide > 0 ? Math.max(0, 1 - (most - scrollY) / slide) : 0
  const reach = innerHeight * (.17 + .83 * end)
  let here = null
  for (const heading of headings) {
    if (!heading.getClientRects().length) continue
    const { top } = heading.getBoundingClientRect()
    if (top > (here ? reach : Math.max(reach, innerHeight / 2))) break
    here = heading
  }
  // Whoever asks for a heading reads that one, until they scroll on.
  if (asked && Math.abs(scrollY - askedAt) < 2) here = asked
  if (here === read) return
  read = here
  for (const run of told) run(read)
}

function ask() {
  asked = headings.find(heading => heading.id === decodeURIComponent(location.hash.slice(1))) ?? null
  requestAnimationFrame(() => {
    askedAt = scrollY
    look()
  })
}

let waiting = false
function lookSoon() {
  if (waiting) return
  waiting = true
  requestAnimationFrame(() => {
    waiting = false
    look()
  })
}

document.addEventListener("page:changed", () => {
  headings.splice(0, Infinity, ...all())
  // What is being read may be another element, or stand elsewhere in the contents.
  read = asked = undefined
  look()
})

if (headings.length) {
  addEventListener("scroll", lookSoon, { passive: true })
  addEventListener("resize", lookSoon)
  addEventListener("hashchange", ask)
  ask()
}
