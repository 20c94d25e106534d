/**
 * `<docker-prompt data-demo data-host>`: a line for docker commands, with history in the
 * arrow keys and completion in Tab. Without it the line can be sent as a form.
 *
 * Tab never traps: in an empty field, after Esc, and where nothing can be completed it
 * leaves as everywhere else.
 */
import { notice, post, say } from "./demo-run.js"

const REMEMBERED = 100

class DockerPrompt extends HTMLElement {
  #form = null
  #line = null
  #list = null
  #history = []
  #at = null
  #draft = ""
  #leaves = false
  #asked = 0
  #own = new Set()

  connectedCallback() {
    this.#form = this.querySelector("form")
    this.#line = this.querySelector("#line")
    if (!this.#form) return
    const shown = [...this.querySelectorAll("[data-line]")].map((step) => step.dataset.line)
    this.#history = remembered() ?? shown
    this.#list = document.createElement("ul")
    Object.assign(this.#list, { className: "offers", id: "offers", hidden: true, role: "listbox", ariaLabel: "Completions" })
    this.#form.append(this.#list)
    for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": "offers", "aria-autocomplete": "list" })) {
      this.#line.setAttribute(name, value)
    }
    this.#form.addEventListener("submit", this.#run)
    this.#line.addEventListener("keydown", this.#key)
    this.#line.addEventListener("input", this.#typed)
    this.#line.addEventListener("blur", this.#close)
    this.#list.addEventListener("mousedown", this.#pick)
    this.closest("demo-run")?.addEventListener("demo-run:came", this.#came)
    this.addEventListener("click", this.#open)
    this.#offerTerminals()
  }

  disconnectedCallback() {
    this.closest("demo-run")?.removeEventListener("demo-run:came", this.#came)
  }

  #run = async (event) => {
    event.preventDefault()
    const line = this.#line.value.trim()
    if (!line) return
    this.#close()
    this.#remember(line)
    this.#line.value = ""
    const body = new URLSearchParams(new FormData(this.#form))
    body.set("line", line)
    body.set("name", crypto.randomUUID?.() ?? String(Math.random()))
    body.append("by", "script")
    this.#own.add(line)
    const refused = await post("/prompt", body)
    if (refused) {
      notice(refused)
      if (!this.#line.value) this.#line.value = line
    }
  }

  #remember(line) {
    if (this.#history.at(-1) !== line) this.#history.push(line)
    this.#history = this.#history.slice(-REMEMBERED)
    this.#at = null
    try { sessionStorage.setItem("typed", JSON.stringify(this.#history)) } catch { /* no room: the page still remembers */ }
  }

  #typed = () => {
    this.#leaves = false
    this.#at = null
    this.#close()
  }

  #key = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    const open = !this.#list.hidden
    if (event.key === "Escape") {
      this.#leaves = true
      if (open) event.preventDefault()
      this.#close()
    } else if (event.key === "Tab" && !event.shiftKey) {
      if (open) {
        event.preventDefault()
        this.#accept()
      } else if (this.#line.value.trim() && !this.#leaves) {
        event.preventDefault()
        this.#offer()
      }
    } else if (event.key === "Enter" && open && this.#chosen()) {
      event.preventDefault()
      this.#accept()
    } else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      event.preventDefault()
      const step = event.key === "ArrowUp" ? -1 : 1
      open ? this.#move(step) : this.#recall(step)
    }
  }

  /** What was typed before, or after that. */
  #recall(step) {
    if (this.#at === null) {
      if (step > 0) return
      this.#draft = this.#line.value
      this.#at = this.#history.length
    }
    const at = this.#at + step
    if (at < 0 || at > this.#history.length) return
    this.#at = at
    this.#line.value = at === this.#history.length ? this.#draft : this.#history[at]
    this.#line.setSelectionRange(this.#line.value.length, this.#line.value.length)
  }

  async #offer() {
    const [line, cursor, turn] = [this.#line.value, this.#line.selectionStart, ++this.#asked]
    const query = new URLSearchParams({ line, cursor: String([...line.slice(0, cursor)].length), demo: this.dataset.demo, host: this.dataset.host })
    let offers = []
    try { offers = await (await fetch(`/prompt/complete?${query}`)).json() } catch { /* nothing to offer then */ }
    if (turn !== this.#asked || line !== this.#line.value) return
    if (!offers.length) {
      this.#leaves = true
      say("Nothing to complete here. Tab leaves the field.")
    } else if (offers.length === 1) {
      this.#put(offers[0])
    } else {
      this.#show(offers)
    }
  }

  #show(offers) {
    this.#list.replaceChildren(...offers.map((offer, at) => {
      const item = document.createElement("li")
      Object.assign(item, { id: `offer-${at}`, role: "option", ariaSelected: String(at === 0) })
      item.offer = offer
      const word = document.createElement("code")
      word.textContent = offer.word
      const about = document.createElement("span")
      about.textContent = offer.about ?? ""
      item.append(word, about)
      return item
    }))
    this.#list.hidden = false
    const box = this.#form.getBoundingClientRect()
    this.#list.classList.toggle("above", box.bottom + 240 > innerHeight && box.top > 260)
    this.#line.setAttribute("aria-expanded", "true")
    this.#line.setAttribute("aria-activedescendant", "offer-0")
    say(`${offers.length} completions: ${offers.slice(0, 5).map((offer) => offer.word).join(", ")}. Arrows choose, Tab takes one, Esc leaves.`)
  }

  #chosen = () => this.#list.querySelector("[aria-selected=true]")

  #move(step) {
    const items = [...this.#list.children]
    const at = (items.indexOf(this.#chosen()) + step + items.length) % items.length
    for (const item of items) item.ariaSelected = "false"
    items[at].ariaSelected = "true"
    items[at].scrollIntoView({ block: "nearest" })
    this.#line.setAttribute("aria-activedescendant", items[at].id)
  }

  #accept() {
    const chosen = this.#chosen()
    this.#close()
    if (chosen) this.#put(chosen.offer)
  }

  /** Puts a completion in: in place of the letters that it completes. */
  #put({ from, to, word, more }) {
    const letters = [...this.#line.value]
    const before = letters.slice(0, from).join("") + word + (more ? "" : " ")
    this.#line.value = before + letters.slice(to).join("").replace(/^ /, "")
    this.#line.setSelectionRange(before.length, before.length)
    this.#at = null
  }

  #pick = (event) => {
    event.preventDefault()
    const item = event.target.closest("li")
    this.#close()
    if (item) this.#put(item.offer)
  }

  #close = () => {
    this.#asked++
    this.#list.hidden = true
    this.#line.setAttribute("aria-expanded", "false")
    this.#line.removeAttribute("aria-activedescendant")
  }

  /** What was typed here has come to something: the newest stays in sight, a terminal opens. */
  #came = ({ detail }) => {
    if (detail !== "tried") return
    const steps = this.querySelectorAll("#tried > .step")
    this.#offerTerminals()
    const last = steps[steps.length - 1]
    if (!last || !this.#own.has(last.dataset.line)) return
    if (last.dataset.verdict !== "running") {
      this.#own.delete(last.dataset.line)
      say(last.querySelector(".verdict")?.textContent ?? "")
    }
    if (last.hasAttribute("data-terminal") && last.dataset.verdict !== "running") this.#openTerminal(last)
    if (document.activeElement === this.#line) this.#form.scrollIntoView({ block: "nearest" })
  }

  /** A command that needs a terminal gets a button for one. */
  #offerTerminals() {
    for (const step of this.querySelectorAll("[data-terminal]")) {
      const out = step.querySelector(".out")
      if (!out || out.querySelector(".wants-terminal") || step.dataset.verdict === "running") continue
      const button = document.createElement("button")
      Object.assign(button, { type: "button", className: "btn wants-terminal", textContent: "Open a terminal" })
      out.append(button)
    }
  }

  #open = (event) => {
    const button = event.target.closest(".wants-terminal")
    if (button) this.#openTerminal(button.closest("[data-line]"))
  }

  async #openTerminal(step) {
    const { openTerminal } = await import("./terminal.js")
    const token = this.#form.querySelector("[name=token]").value
    this.querySelector("docker-terminal")?.remove()
    openTerminal(this.#form, { line: step.dataset.line, demo: this.dataset.demo, host: this.dataset.host, token })
  }
}

function remembered() {
  try {
    const typed = JSON.parse(sessionStorage.getItem("typed") ?? "null")
    return Array.isArray(typed) ? typed : null
  } catch {
    return null
  }
}

customElements.define("docker-prompt", DockerPrompt)
