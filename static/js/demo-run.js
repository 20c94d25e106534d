/**
 * `<demo-run data-key>`: a demo whose steps run without leaving the page. Its forms are
 * sent in the background; what comes of them arrives on the page's stream, in this tab
 * and in every other that shows the same demo. Without it the forms lead to a page with
 * the result.
 */
import { Idiomorph } from "../vendor/idiomorph.js"
import { listen, unlisten } from "./live.js"

const keepFolds = {
  beforeAttributeUpdated: (name, node) => !(name === "open" && node.localName === "details"),
}

class DemoRun extends HTMLElement {
  #key = null
  #moved = 0

  connectedCallback() {
    this.#key = `demo:${this.dataset.key}`
    listen(this.#key, this)
    this.addEventListener("submit", this.#send)
    document.addEventListener("live-panel:drawn", this.#drawn)
  }

  disconnectedCallback() {
    unlisten(this.#key, this)
    this.removeEventListener("submit", this.#send)
    document.removeEventListener("live-panel:drawn", this.#drawn)
  }

  /** Takes a part of the page as it is now: an element with an id that is on the page. */
  receive(html) {
    const next = new DOMParser().parseFromString(html, "text/html").body.firstElementChild
    const here = next && document.getElementById(next.id)
    if (!here || !this.contains(here)) return
    if (next.id === "demo-panels") {
      if (here.dataset.scope !== next.dataset.scope) here.replaceWith(next)
      return
    }
    const before = here.dataset.verdict
    Idiomorph.morph(here, next.outerHTML, { morphStyle: "outerHTML", callbacks: keepFolds })
    const verdict = next.dataset.verdict
    if (next.id.startsWith("step-") && verdict !== before) this.#tell(next, verdict)
    this.dispatchEvent(new CustomEvent("demo-run:came", { detail: next.id }))
  }

  /** Says how a step ended, and keeps the one that runs in sight. */
  #tell(step, verdict) {
    if (verdict === "running") {
      const here = document.getElementById(step.id)
      const box = here.getBoundingClientRect()
      // In sight is below what sticks to the top, with room for the output to come.
      const top = parseFloat(getComputedStyle(here).scrollMarginBlockStart) || 0
      if (box.top >= top && box.bottom <= innerHeight * 0.8) return
      const still = matchMedia("(prefers-reduced-motion: reduce)").matches
      here.scrollIntoView({ block: "center", behavior: still ? "instant" : "smooth" })
      return
    }
    const name = step.querySelector(".vh")?.textContent
    if (verdict !== "waiting" && name) say(name)
  }

  #send = async (event) => {
    const form = event.target
    if (form.method !== "post" || event.defaultPrevented) return
    event.preventDefault()
    // The second of two clicks.
    if ("sent" in form.dataset) return
    const body = new URLSearchParams(new FormData(form))
    body.append("by", "script")
    this.#moved = Date.now()
    form.dataset.sent = ""
    const refused = await post(form.getAttribute("action"), body)
    delete form.dataset.sent
    notice(refused)
  }

  /** A panel was drawn again: says which, where a folded or long strip hides it. */
  #drawn = ({ target }) => {
    if (!this.contains(target) || Date.now() - this.#moved > 90_000 || !this.#moved) return
    const seen = target.dataset.drawn
    target.dataset.drawn = "again"
    if (!seen) return
    const title = target.querySelector("h3")?.textContent ?? ""
    const latest = document.getElementById("latest")
    if (latest) latest.textContent = `${title} moved`
    target.dataset.moved = ""
    setTimeout(() => delete target.dataset.moved, 4000)
  }
}

/** Sends a form's fields. Says why it was not heard, or nothing. */
export async function post(address, body) {
  try {
    const answer = await fetch(address, { method: "POST", body, headers: { Accept: "text/plain" } })
    if (answer.ok) return ""
    const type = answer.headers.get("content-type") ?? ""
    if (type.startsWith("text/plain")) return await answer.text()
    const page = new DOMParser().parseFromString(await answer.text(), "text/html")
    return [...page.querySelectorAll("main h1, main p")].slice(0, 3).map((part) => part.textContent.trim()).join(". ")
  } catch {
    return "Waterline does not answer: it was stopped, or is starting again."
  }
}

/** Says something to whoever listens to the page. */
export function say(text) {
  const status = document.getElementById("said")
  if (status) status.textContent = text
}

/** Says something in sight, below the masthead. */
export function notice(text) {
  const place = document.getElementById("host-notice")
  if (!place) return
  place.textContent = text
  place.hidden = !text
  if (text) place.scrollIntoView({ block: "nearest" })
}

customElements.define("demo-run", DemoRun)
