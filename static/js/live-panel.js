/**
 * `<live-panel name key data-state>`: the picture of a topic, kept current by the
 * page's stream. Without scripts it is a link and a frame.
 */
import { startsFolded } from "./fold-panels.js"
import { listen, unlisten } from "./live.js"

/** What the reader has opened or closed stays so when the picture changes. */
const keepFolds = {
  beforeAttributeUpdated: (name, node) => !(name === "open" && node.localName === "details"),
}

class LivePanel extends HTMLElement {
  #key = null
  #over = null
  #newest = null

  connectedCallback() {
    this.#key = this.getAttribute("key") ?? this.getAttribute("name")
    const before = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
      .filter(heading => !heading.closest("live-panel") && heading.compareDocumentPosition(this) & Node.DOCUMENT_POSITION_FOLLOWING)
    this.#over = Number(before.at(-1)?.localName[1] ?? 2)
    listen(this.#key, this)
  }

  disconnectedCallback() {
    unlisten(this.#key, this)
  }

  /** Takes a new fragment: the whole element as the server draws it. The first goes in as it is; from the second on, what is there is changed where it differs. */
  async receive(html) {
    const first = this.dataset.state === "loading"
    const next = new DOMParser().parseFromString(html, "text/html").querySelector("live-panel")
    this.#newest = next
    this.dataset.state = next.dataset.state
    // The panel's headings, which begin at the third level, stand one below the heading that it belongs to.
    for (const heading of next.querySelectorAll("h3, h4, h5, h6")) heading.ariaLevel = Number(heading.localName[1]) - 2 + this.#over
    if (first) {
      this.replaceChildren(...next.childNodes)
    } else {
      const { Idiomorph } = await import("../vendor/idiomorph.js")
      // Another one may have come meanwhile.
      if (this.#newest !== next) return
      Idiomorph.morph(this, next.innerHTML, { morphStyle: "innerHTML", callbacks: keepFolds })
    }
    if (first && startsFolded(this)) this.querySelector("details.fold")?.removeAttribute("open")
    this.#giveRoomBack()
    this.dispatchEvent(new Event("live-panel:drawn", { bubbles: true }))
  }

  /** Says whether there is so little to show that the room kept for it is mostly empty. */
  #giveRoomBack() {
    delete this.dataset.little
    const fold = this.querySelector("details.fold[open]")
    if (fold && fold.offsetHeight < this.clientHeight / 2) this.dataset.little = ""
  }
}

customElements.define("live-panel", LivePanel)
