/** `<theme-switch>`: light, dark, or as the system has it. Remembered, and the same in every tab. Without it, the page follows the system. */
const root = document.documentElement

class ThemeSwitch extends HTMLElement {
  #select = null

  connectedCallback() {
    this.#select = this.querySelector("select")
    this.#show()
    this.#select.addEventListener("change", this.#choose)
    addEventListener("storage", this.#follow)
  }

  disconnectedCallback() {
    this.#select.removeEventListener("change", this.#choose)
    removeEventListener("storage", this.#follow)
  }

  #show() {
    this.#select.value = root.dataset.theme ?? "system"
  }

  #apply(theme) {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme
    else delete root.dataset.theme
  }

  #choose = () => {
    const theme = this.#select.value
    this.#apply(theme)
    try {
      if (theme === "system") localStorage.removeItem("theme")
      else localStorage.setItem("theme", theme)
    } catch { /* not remembered, but it holds for this page */ }
  }

  #follow = event => {
    if (event.key !== "theme" && event.key !== null) return
    this.#apply(event.newValue)
    this.#show()
  }
}

customElements.define("theme-switch", ThemeSwitch)
