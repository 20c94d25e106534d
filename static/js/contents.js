/** The contents beside a note: open on a wide window, folded on a narrow one, and marking the heading that is being read. Without it, they open by hand. */
const details = document.querySelector(".tree > details")
const wide = matchMedia("(min-width: 82rem)")

if (details) {
  const fold = () => { details.open = wide.matches }
  fold()
  details.dataset.ready = ""
  wide.addEventListener("change", fold)

  const rail = details.parentElement
  const links = new Map()
  for (const link of details.querySelectorAll('a[href^="#"]')) {
    const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)))
    if (heading) links.set(heading, link)
  }

  let marked = null
  const mark = () => {
    // The last heading near the top of the window, or above it, is the one being read.
    const reach = innerHeight * .17
    let here = null
    for (const heading of links.keys()) {
      if (heading.getBoundingClientRect().top > reach) break
      here = heading
    }
    const link = links.get(here) ?? null
    if (link === marked) return
    marked?.removeAttribute("aria-current")
    link?.setAttribute("aria-current", "location")
    marked = link
    if (link && wide.matches) {
      // Scrolls the rail alone: scrollIntoView could move the page.
      const over = link.getBoundingClientRect(), box = rail.getBoundingClientRect()
      if (over.top < box.top) rail.scrollTop -= box.top - over.top
      else if (over.bottom > box.bottom) rail.scrollTop += over.bottom - box.bottom
    }
  }

  // Everything above counts as seen, so that a jump over many headings is noticed as well.
  if (links.size) {
    const watch = new IntersectionObserver(mark, { rootMargin: "999999px 0px -83% 0px" })
    for (const heading of links.keys()) watch.observe(heading)
  }
}
