/**
 * `<live-host>`: the masthead's chip, which says whether the host is heard. Where there
 * is more than one host it is a switch. Without scripts it leads to the page of hosts.
 */
import { chooseHost, missHost } from "./chosen-host.js"
import { listen, lookAgain, unlisten } from "./live.js"

class LiveHost extends HTMLElement {
  connectedCallback() {
    listen("host", this)
    this.addEventListener("change", this.#choose)
  }

  disconnectedCallback() {
    unlisten("host", this)
    this.removeEventListener("change", this.#choose)
  }

  receive(html) {
    const next = new DOMParser().parseFromString(html, "text/html").querySelector("live-host")
    const held = this.contains(document.activeElement) && document.activeElement.localName
    this.dataset.state = next.dataset.state
    this.replaceChildren(...next.childNodes)
    if (held) this.querySelector(held)?.focus()
    this.#miss(next.dataset.unknown)
  }

  /** The host that was chosen is not there: say so, and look at the default one. */
  #miss(name) {
    if (!name) return
    missHost(name)
    const shown = this.querySelector("option[selected]")?.value ?? this.querySelector("b")?.textContent
    tell(`No host called ${name} is connected. Panels show ${shown} instead.`)
    lookAgain()
  }

  #choose = ({ target }) => {
    chooseHost(target.selectedIndex ? target.value : "")
    const address = new URL(location)
    // Where the address or the page itself names a host, the page is another one.
    if (address.searchParams.has("host") || document.querySelector("main live-panel[key*='host=']")) {
      address.searchParams.delete("host")
      address.searchParams.delete("beside")
      location.assign(address)
      return
    }
    tell("")
    document.getElementById("said").textContent = `Panels show ${target.value} now`
    for (const panel of document.querySelectorAll("live-panel[data-state=live]")) panel.dataset.state = "stale"
    lookAgain()
  }
}

/** Says something in sight, below the masthead. */
function tell(text) {
  const notice = document.getElementById("host-notice")
  if (notice.textContent === text) return
  notice.textContent = text
  notice.hidden = !text
}

customElements.define("live-host", LiveHost)
