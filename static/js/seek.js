/** Search by key and by typing: Ctrl+K, `/`, or a letter typed into the masthead's field open the palette, which is loaded then. Without it, the field leads to the page of results. */
import { addKey } from "./keys.js"

const form = document.querySelector(".seek")
const field = form?.querySelector("input")

const open = (typed = "", back = document.activeElement) =>
  import("./palette.js").then(palette => palette.open(typed, back))

addKey("Ctrl+k", "search topics, panels, demos and hosts", () => open())
addKey("/", "search", () => open())

field?.addEventListener("input", () => {
  if (!field.value.trim()) return
  const typed = field.value
  field.value = ""
  open(typed, field)
})
// On a phone there is no room for the field, only for its button.
form?.addEventListener("submit", event => {
  if (field.value || field.offsetParent) return
  event.preventDefault()
  open("", event.submitter)
})
