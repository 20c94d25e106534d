/** The palette: a field that searches as one types, and a list to choose from by the arrows. A combobox with a listbox, as the ARIA Authoring Practices have it: the focus stays in the field. */
import { found, silent } from "./found.js"

const style = document.createElement("link")
style.rel = "stylesheet"
style.href = new URL("../css/palette.css", import.meta.url).href
const styled = new Promise(done => {
  style.onload = style.onerror = done
  document.head.append(style)
})

const dialog = document.createElement("dialog")
dialog.className = "palette"
dialog.setAttribute("aria-label", "Search")
dialog.innerHTML = [
  '<form action="/search" role="search" aria-label="Topics, panels, demos and hosts">',
  '<input type="search" name="q" role="combobox" aria-label="Search" aria-expanded="false" aria-autocomplete="list" aria-controls="palette-options" maxlength="200" autocomplete="off" autocapitalize="none" spellcheck="false" placeholder="A topic, a word, a panel, a demo, a host">',
  '<button type="button" class="btn plain">Close</button>',
  '</form>',
  '<div class="result"><div class="told"></div><div id="palette-options" role="listbox" aria-label="Found"></div></div>',
  '<p class="help"><kbd>↑</kbd> <kbd>↓</kbd> choose, <kbd>Enter</kbd> opens, <kbd>Esc</kbd> closes</p>',
  '<p class="vh" role="status"></p>',
].join("")
// The page says where a search leads.
dialog.querySelector("form").action = document.querySelector(".seek")?.action ?? "/search"
document.body.append(dialog)

const field = dialog.querySelector("input")
const told = dialog.querySelector(".told")
const list = dialog.querySelector("[role=listbox]")
const status = dialog.querySelector("[role=status]")
const options = () => [...list.querySelectorAll("[role=option]")]

let back = null
let asked = 0
let saying = 0
let waiting = null
let again = 0
/** Whether what was typed has no answer yet, and whether Enter was pressed meanwhile. */
let openQuestion = false
let entered = false

const chosen = () => list.querySelector("[aria-selected=true]")

const choose = option => {
  chosen()?.setAttribute("aria-selected", "false")
  option?.setAttribute("aria-selected", "true")
  option?.scrollIntoView({ block: "nearest" })
  if (option) field.setAttribute("aria-activedescendant", option.id)
  else field.removeAttribute("aria-activedescendant")
}

/** Only the last thing that was asked for is shown, however late another answer comes. */
const search = async () => {
  const mine = ++asked
  // What is on the list answers what was typed before.
  choose(null)
  openQuestion = true
  waiting?.abort()
  clearTimeout(again)
  waiting = new AbortController()
  let html
  try {
    html = await found(field.value, waiting.signal)
  } catch (error) {
    if (mine !== asked || error.name === "AbortError") return
    html = `<p class="said">${silent}</p>`
  }
  if (mine !== asked) return
  show(html)
}

const show = html => {
  const found = new DOMParser().parseFromString(html, "text/html")
  const said = found.querySelector(".said")
  told.replaceChildren(said ?? "")
  list.replaceChildren(...(found.querySelector(".options")?.children ?? []))
  options().forEach((option, index) => { option.id = "palette-option-" + index })
  list.parentElement.scrollTop = 0
  const any = options().length > 0
  field.setAttribute("aria-expanded", String(any))
  list.hidden = !any
  choose(field.value.trim() ? options()[0] : null)
  openQuestion = false
  if (entered) enter()
  // Said once the reader rests: not at every letter.
  clearTimeout(saying)
  saying = setTimeout(() => { status.textContent = said?.textContent ?? "" }, 700)
  if (said?.hasAttribute("data-building")) again = setTimeout(search, 500)
}

/** What Enter does: it opens what is chosen, once there is an answer to what was typed; without any, the page of results. */
const enter = () => {
  entered = openQuestion
  if (entered) return
  if (chosen()) chosen().click()
  else field.form.requestSubmit()
}

field.addEventListener("input", search)
field.addEventListener("keydown", event => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
  const all = options()
  const at = all.indexOf(chosen())
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (step && all.length) {
    event.preventDefault()
    choose(all[at < 0 ? (step > 0 ? 0 : all.length - 1) : (at + step + all.length) % all.length])
  } else if (event.key === "Enter") {
    event.preventDefault()
    enter()
  } else if (event.key === "Escape") {
    // A search field would take the first one to empty itself.
    event.preventDefault()
    dialog.close()
  }
})
list.addEventListener("pointermove", event => {
  const option = event.target.closest("[role=option]")
  if (option && option !== chosen()) choose(option)
})
// A link to a place on this very page would leave the palette open over it.
list.addEventListener("click", event => {
  const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey
  if (plain && event.target.closest("[role=option]")) dialog.close()
})
dialog.querySelector("button").addEventListener("click", () => dialog.close())
dialog.addEventListener("click", event => { if (event.target === dialog) dialog.close() })
dialog.addEventListener("close", () => {
  asked++
  entered = false
  waiting?.abort()
  clearTimeout(again)
  clearTimeout(saying)
  status.textContent = ""
  if (back?.isConnected) back.focus({ preventScroll: true })
})

/** Opens it with what was typed into `from`; when it closes, the focus goes to `element`. */
export async function open(element, from) {
  if (dialog.open) {
    field.select()
    return
  }
  await styled
  if (dialog.open) return
  back = element
  field.value = from?.value ?? ""
  show(`<p class="said"></p>`)
  dialog.showModal()
  if (from) from.value = ""
  field.focus()
  search()
}
