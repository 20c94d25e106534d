/** `<theme-switch>`: light, dark, or as the system has it. Remembered, and the same in every tab. Without it, the page follows the system. */
import { recall, remember } from "./store.js"

const root = document.documentElement

class ThemeSwitch extends HTMLElement {
  #select = null

  connectedCallback() {
    this.#select = this.querySelector("select")
    this.#select.value = root.dataset.theme ?? "system"
    this.#select.addEventListener("change", this.#choose)
    addEventListener("storage", this.#follow)
    addEventListener("pageshow", this.#follow)
  }

  disconnectedCallback() {
    this.#select.removeEventListener("change", this.#choose)
    removeEventListener("storage", this.#follow)
    removeEventListener("pageshow", this.#follow)
  }

  #apply(theme) {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme
    else delete root.dataset.theme
  }

  #choose = () => {
    const theme = this.#select.value
    this.#apply(theme)
    remember("theme", theme === "system" ? null : theme)
  }

  /** Another tab chose, or this page comes back from before a choice was made. */
  #follow = event => {
    if (event.type === "storage" && event.key !== "theme" && event.key !== null) return
    this.#apply(recall("theme"))
    this.#select.value = root.dataset.theme ?? "system"
  }
}

customElements.define("theme-switch", ThemeSwitch)
