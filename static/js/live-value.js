/**
 * `<live-value name key data-state>`: a word of a note beside what the host says. The
 * stream brings the host's word; this compares the two and marks the note's. Without
 * scripts it is a word with a link to what it means.
 */
import { listen, unlisten } from "./live.js"

/** Whether the note's word agrees with the host's. `how` is "words", "exactly" or "version". */
export function agree(note, host, how) {
  const plain = (text) => text.trim().replace(/\s+/g, " ")
  const [a, b] = [plain(note), plain(host)]
  if (a === b) return true
  if (how === "exactly" || !a) return false
  const [low, said] = [a, b].map((text) => text.toLowerCase().replaceAll(" ", ""))
  if (low === said) return true
  // 20.10 agrees with 20.10.24+dfsg1, and not with 20.100.
  return how === "version" && said.startsWith(low) && !/[a-z0-9]/.test(said[low.length])
}

class LiveValue extends HTMLElement {
  #key = null
  #word = null

  connectedCallback() {
    // A page kept for the back button comes with its marks: the note's word is taken once.
    this.querySelector(".still")?.remove()
    this.#word ??= this.querySelector("a")?.textContent.trim() ?? ""
    this.#key = `value:${this.getAttribute("key") ?? this.getAttribute("name")}`
    listen(this.#key, this)
  }

  disconnectedCallback() {
    unlisten(this.#key, this)
  }

  /** Takes what the host says: a `<live-value>` as the server draws it. */
  receive(html) {
    const next = new DOMParser().parseFromString(html, "text/html").querySelector("live-value")
    const text = (name) => next.querySelector(`.${name}`)?.textContent ?? ""
    const [host, why, when] = [text("host"), text("why"), text("when")]
    const same = host !== "" && agree(this.#word, host, next.dataset.compare)
    const differs = host !== "" && !same
    this.dataset.state = next.dataset.state
    this.classList.toggle("otherwise", differs)
    this.querySelectorAll(".mark, .below, .vh").forEach((old) => old.remove())
    const link = this.querySelector("a")
    if (!link) return
    const said = when ? `, ${when}` : ""
    link.append(
      span("vh", differs ? `; this host: ${host}, differs from the note${said}`
        : same ? `; this host says the same${said}` : `; this host does not tell: ${why}`),
    )
    link.title = host ? `This host: ${host}${said}` : `This host does not tell: ${why}`
    if (host) link.append(span("mark", "", true))
    if (!differs && !when) return
    const below = span("below", "", true)
    if (differs) below.append(span("host", host))
    if (when) below.append(differs ? " " : "", span("when", when))
    link.append(below)
    // At the end of a line it hangs from the word's other end.
    const room = this.parentElement.getBoundingClientRect().right
    below.classList.toggle("to-the-left", below.getBoundingClientRect().right > room)
  }
}

function span(name, text, hidden = false) {
  const element = document.createElement("span")
  element.className = name
  element.textContent = text
  if (hidden) element.ariaHidden = "true"
  return element
}

customElements.define("live-value", LiveValue)
