/** `<live-host>`: the masthead's chip, which says whether the host is heard. */
import { listen, unlisten } from "./live.js"

class LiveHost extends HTMLElement {
  connectedCallback() { listen("host", this) }
  disconnectedCallback() { unlisten("host", this) }
  receive(html) {
    const next = new DOMParser().parseFromString(html, "text/html").querySelector("live-host")
    this.dataset.state = next.dataset.state
    this.replaceChildren(...next.childNodes)
  }
}

customElements.define("live-host", LiveHost)
