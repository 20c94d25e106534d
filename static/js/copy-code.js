/** `<copy-code>`: adds a button that copies the block it wraps; of a console session, the commands only. Without it, the text can be selected. */

/** The commands of a console session, prompts and output left out; any other text as it is. */
export function copied(text) {
  const lines = text.replace(/\n$/, "").split("\n")
  if (!/^\$ /.test(lines.find(line => line.trim()) ?? "")) return lines.join("\n")
  const commands = []
  let goesOn = false
  for (const line of lines) {
    if (line.startsWith("$ ")) commands.push(line.slice(2))
    else if (goesOn) commands.push(line.replace(/^> /, ""))
    else continue
    goesOn = line.endsWith("\\")
  }
  return commands.join("\n")
}

class CopyCode extends HTMLElement {
  #button = null
  #back = 0

  connectedCallback() {
    const code = this.querySelector("code")
    if (!code || this.#button) return
    this.#button = document.createElement("button")
    this.#button.type = "button"
    this.#button.className = "btn copy"
    this.#button.textContent = "Copy"
    this.#button.addEventListener("click", () => this.#copy(code))
    this.append(this.#button)
  }

  disconnectedCallback() {
    clearTimeout(this.#back)
    this.#button?.remove()
    this.#button = null
  }

  async #copy(code) {
    let said = "Copied"
    try {
      await navigator.clipboard.writeText(copied(code.textContent))
    } catch {
      getSelection().selectAllChildren(code)
      said = "Selected"
    }
    if (!this.#button) return
    this.#button.textContent = said
    const status = document.getElementById("said")
    if (status) status.textContent = said === "Copied" ? "Copied to the clipboard" : "The clipboard is closed to this page. The text is selected: copy it with the keyboard."
    clearTimeout(this.#back)
    this.#back = setTimeout(() => {
      if (this.#button) this.#button.textContent = "Copy"
      if (status) status.textContent = ""
    }, 2500)
  }
}

customElements.define("copy-code", CopyCode)
