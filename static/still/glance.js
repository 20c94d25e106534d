/** What a preview shows in a copy of the notebook: the page of the topic is fetched, and the beginning of its text is taken from it. */
export const silent = "The topic did not load, so there is nothing to show here."

const LETTERS = 1200, INSIDE = 6

/** The preview of a reference, as HTML. */
export async function glance(ref) {
  const answer = await fetch(ref.href)
  if (!answer.ok) throw new Error(answer.statusText)
  const main = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main")
  // Its links and pictures lead on from the page that it comes from.
  for (const name of ["href", "src"]) for (const one of main.querySelectorAll(`[${name}]`)) one.setAttribute(name, new URL(one.getAttribute(name), ref.href).href)
  const box = document.createElement("div")
  const put = (kind, className, ...inside) => {
    const one = document.createElement(kind)
    if (className) one.className = className
    one.append(...inside)
    return one
  }
  const link = (href, text) => Object.assign(put("a", "", text), { href })
  const text = one => {
    for (const anchor of one.querySelectorAll(".anchor")) anchor.remove()
    return one.textContent.trim()
  }
  box.append(put("p", "preview-title", link(ref.href, text(main.querySelector("h1")))))
  const wanted = main.querySelector(".wanted-topic > p")
  const note = main.querySelector(".crumbs li:nth-child(2) a")
  if (!wanted && note) box.append(put("p", "small soft", "in ", link(note.href, note.textContent)))
  const all = wanted ? [wanted] : [...main.querySelector(".topic .prose")?.children ?? []]
  let room = LETTERS
  const shown = all.filter((one, at) => at === 0 || (room -= all[at - 1].textContent.length) > 0)
  // A heading is not the end of anything.
  while (shown.length > 1 && shown.at(-1).matches(".headed")) shown.pop()
  if (shown.length) box.append(put("div", "prose", ...shown.map(plain)))
  const inside = [...main.querySelectorAll("[aria-labelledby=children-title] .entries a")]
  if (inside.length) {
    const some = inside.slice(0, INSIDE).flatMap((one, at) => [at ? ", " : "", link(one.href, one.textContent)])
    box.append(put("p", "small", "Inside it: ", ...some, inside.length > INSIDE ? `, and ${inside.length - INSIDE} more` : ""))
  }
  if (shown.length < all.length) box.append(put("p", "read-on", link(ref.href, "Read on")))
  return box.innerHTML
}

/** A part of the text for the middle of another page: without ids, headings and elements that live. */
function plain(part) {
  const holder = document.createElement("div")
  holder.append(part)
  const instead = (one, kind, className) => {
    const other = document.createElement(kind)
    if (className) other.className = className
    other.append(...one.childNodes)
    one.replaceWith(other)
  }
  for (const one of holder.querySelectorAll(".permalink, .anchor, button")) one.remove()
  for (const one of holder.querySelectorAll("h1, h2, h3, h4, h5, h6")) instead(one, "p", "heading")
  for (const one of holder.querySelectorAll("copy-code")) instead(one, "div", "codeblock")
  for (const one of holder.querySelectorAll("live-value")) one.replaceWith(one.querySelector("a")?.firstChild ?? "")
  for (const one of holder.querySelectorAll("[id]")) one.removeAttribute("id")
  return holder.firstChild
}
