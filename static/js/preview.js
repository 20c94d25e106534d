/** Previews: a reference that is pointed at, focused or held for a moment shows its topic. It stays a link. A preview closes on Escape and when pointer and focus have left both; what it refers to has none of its own. */
import { glance, silent } from "./glance.js"

const POINTED = 300, HELD = 450, LEFT = 250

/** The reference whose preview is shown or on its way, as `{ ref }`, one object for each time. */
let shown = null
let box = null
let timer = 0
let pointed = false
let held = false
let scrolled = 0

const sheets = Promise.all(["preview", "code"].map(name => new Promise(done => {
  if ([...document.styleSheets].some(sheet => sheet.href?.split(/[/+.]/).includes(name))) return done()
  const link = document.createElement("link")
  link.rel = "stylesheet"
  link.href = new URL(`../css/${name}.css`, import.meta.url)
  link.onload = link.onerror = done
  document.head.append(link)
})))

const within = target => box?.contains(target)
const reference = target => within(target) ? null : target.closest?.("a.ref[data-topic]")

function later(wait, act) {
  clearTimeout(timer)
  pointed = false
  timer = setTimeout(act, wait)
}

function close() {
  clearTimeout(timer)
  box?.remove()
  shown?.ref.removeAttribute("aria-details")
  box = shown = null
}

async function show(ref, x, y) {
  close()
  const mine = shown = { ref }
  let html
  try {
    html = await glance(ref)
  } catch {
    html = `<p>${silent}</p>`
  }
  await sheets
  // Meanwhile the reader may have left, or be at the next reference, or in a dialog.
  if (shown !== mine || !ref.isConnected || document.querySelector(":modal")) return
  box = document.createElement("div")
  box.id = "preview"
  box.className = "preview"
  box.popover = "manual"
  box.tabIndex = 0
  box.role = "group"
  box.ariaLabel = `Preview of ${ref.dataset.topic}`
  box.innerHTML = html
  // Right after its reference, so that Tab leads into it and on.
  ref.after(box)
  ref.setAttribute("aria-details", "preview")
  box.showPopover?.()
  place(ref, x, y)
}

/** Below the line of the reference that was pointed at, or above it where there is more room. */
function place(ref, x, y) {
  const lines = [...ref.getClientRects()]
  const line = lines.find(({ left, right, top, bottom }) => x >= left && x <= right && y >= top && y <= bottom) ?? lines[0]
  const gap = 4, edge = 8
  const below = innerHeight - line.bottom - gap - edge, above = line.top - gap - edge
  box.style.setProperty("--room", `${Math.max(below, above)}px`)
  const { width, height } = box.getBoundingClientRect()
  const left = Math.max(edge, Math.min(line.left, document.documentElement.clientWidth - width - edge))
  const top = height <= below || below >= above ? line.bottom + gap : line.top - gap - height
  box.style.left = `${left + scrollX}px`
  box.style.top = `${top + scrollY}px`
}

const on = {
  pointerover({ target, pointerType, clientX, clientY }) {
    if (pointerType === "touch") return
    const ref = reference(target)
    if (within(target) || (ref && ref === shown?.ref)) {
      clearTimeout(timer)
    } else if (ref) {
      // A reference that was scrolled under the pointer is not pointed at.
      if (performance.now() - scrolled < 200) return
      later(POINTED, () => show(ref, clientX, clientY))
      pointed = true
    } else if (!shown) {
      clearTimeout(timer)
    } else if (!shown.ref.matches(":focus-visible") && !within(document.activeElement)) {
      later(LEFT, close)
    }
  },
  focusin({ target }) {
    if (within(target)) return clearTimeout(timer)
    const ref = reference(target)
    if (ref !== shown?.ref) close()
    if (ref && ref !== shown?.ref && ref.matches(":focus-visible")) later(POINTED, () => show(ref))
  },
  pointerdown({ target, pointerType, clientX, clientY }) {
    if (within(target)) return
    const ref = reference(target)
    clearTimeout(timer)
    held = false
    if (shown && ref !== shown.ref) close()
    if (ref && pointerType === "touch") later(HELD, () => {
      held = true
      show(ref, clientX, clientY)
    })
  },
  pointerup({ pointerType }) {
    if (pointerType === "touch" && !held) clearTimeout(timer)
  },
  pointercancel() {
    if (!held) clearTimeout(timer)
  },
  contextmenu(event) {
    const ref = event.pointerType === "touch" && reference(event.target)
    if (!ref) return
    event.preventDefault()
    if (shown?.ref !== ref) show(ref, event.clientX, event.clientY)
    clearTimeout(timer)
    held = true
  },
  click(event) {
    // The end of a long press follows no link; and a summary around a preview does not fold.
    const link = event.target.closest?.("a")
    if ((held && link && link === shown?.ref) || (within(event.target) && !link)) event.preventDefault()
    held = false
  },
  scroll() {
    scrolled = performance.now()
    if (pointed) clearTimeout(timer)
  },
  keydown(event) {
    if (event.key !== "Escape") return
    clearTimeout(timer)
    if (!box) return shown && close()
    event.preventDefault()
    event.stopImmediatePropagation()
    const { ref } = shown, inside = within(document.activeElement)
    close()
    if (inside) {
      ref.focus()
      clearTimeout(timer)
    }
  },
  // A page that the browser brings back has no preview open.
  pagehide: close,
}

/** Begins with the event that asked for this module. */
export function watch(event) {
  for (const kind in on) addEventListener(kind, on[kind], { capture: true })
  on[event.type](event)
}
