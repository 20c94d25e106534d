/** Search by key and by typing: Ctrl+K, `/`, or a letter typed into the masthead's field open the palette, which is loaded then. Without it, the field leads to the page of results. */
import { addKey } from "./keys.js"

const form = document.querySelector(".seek")
const field = form?.querySelector("input")

/** Opens the palette; when it closes, the focus goes `back`. What is typed stays where it is until then, and if it does not come. */
async function open(back = document.activeElement) {
  // The next letters go where the reader sees them go, and are no keys of the page.
  if (field?.offsetParent) field.focus({ preventScroll: true })
  try {
    (await import("./palette.js")).open(back, field)
  } catch {
    document.getElementById("said").textContent = "The search as you type did not come. Enter leads to a page of results."
  }
}

addKey("Ctrl+k", "search topics, panels, demos and hosts", () => open())
addKey("/", "search", () => open())

const typed = event => {
  if (!event.isComposing && field.value.trim()) open(field)
}
field?.addEventListener("input", typed)
field?.addEventListener("compositionend", typed)
// On a phone there is no room for the field, only for its button.
form?.addEventListener("submit", event => {
  if (field.value || field.offsetParent) return
  event.preventDefault()
  open(event.submitter)
})
