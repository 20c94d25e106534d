/**
 * The room: a page as a projector shows it. One topic or one step at a time in large type, its
 * panel beside it. The page itself stays: parts of it are marked as shown and room.css hides the
 * rest, so what is live stays live. Keys and the two buttons of a clicker move on.
 */
import { idIn } from "./address.js"
import { addKey, dropKeys } from "./keys.js"
import { recall, remember } from "./store.js"

const root = document.documentElement
const main = document.getElementById("main")
const sheet = new URL("../css/room.css", import.meta.url).href

/** What can be shown at one time, in order: `parts` of the page, one of the panels beside them, the place among all topics. */
let stops = []
let at = 0
let inside = false
/** Where a smooth scroll is going. */
let aim = null
/** Panels that were folded before the room opened them. */
const unfolded = new Set()

const bar = document.createElement("section")
bar.className = "room-bar"
bar.setAttribute("aria-label", "Projector")
bar.innerHTML = [
  '<b class="what"></b><span class="at"></span>',
  '<span class="does"><button class="btn" type="button" data-does="back">Back</button>',
  '<button class="btn" type="button" data-does="on">On</button>',
  '<button class="btn" type="button" data-does="view" aria-keyshortcuts="z"></button>',
  '<button class="btn" type="button" data-does="blank" aria-keyshortcuts="b">Blank</button>',
  '<button class="btn" type="button" data-does="leave" aria-keyshortcuts="Escape">Leave</button></span>',
].join("\n")
const does = { back, on, view: nextView, blank, leave }

/** Into the room, or out of it. */
export function turn() {
  if (inside) leave()
  else return enter()
}

async function enter() {
  stops = document.querySelector("demo-run") ? stepsOf(document.querySelector(".doing")) : topicsOf()
  if (!stops.length) return
  // A tab that is in the room already comes to what its address names, a reader to what is read.
  const named = recall("room", "session") ? stopAt(location.hash) : -1
  at = named < 0 ? stopRead() : named
  inside = true
  await dressed()
  if (!inside) return
  if (document.querySelector("demo-run")) addKey("Enter", "Projector: runs the step that is shown")
  for (const [key, says, run] of own) addKey(key, says, awake(run))
  remember("room", "on", "session")
  root.dataset.room = recall("room-view", "session") ?? "both"
  main.parentElement.after(bar)
  listen("addEventListener")
  show(at)
}

function leave() {
  inside = false
  dropKeys(["Enter", ...own.map(([key]) => key)])
  remember("room", null, "session")
  listen("removeEventListener")
  wake()
  clear()
  for (const fold of unfolded) fold.open = false
  unfolded.clear()
  delete root.dataset.room
  bar.remove()
  const [part] = stops[at].parts
  part.scrollIntoView({ block: "start", behavior: "instant" })
  focusOn(part)
}

/** The keys of the room, on the map of keys for as long as one is in it. Those without `run` are heard by `pressed`. */
const own = [
  ["→ ↓ PgDn Space", "Projector: on, by what is in sight, then to the next topic"],
  ["← ↑ PgUp", "Projector: back; with Shift, Space does it too"],
  ["Home", "Projector: to the first topic"],
  ["End", "Projector: to the last"],
  ["z", "Projector: text and panel, the panel alone, the text alone", nextView],
  ["b", "Projector: blanks the screen; any key brings it back", blank],
  [".", "Projector: the same, as clickers send it", blank],
  ["Esc", "Projector: leaves it"],
]

/** A screen that is blank is brought back, whatever the key does otherwise. */
const awake = run => run && (() => ("blank" in root.dataset ? wake() : run()))

function listen(way) {
  globalThis[way]("keydown", pressed)
  globalThis[way]("hashchange", followed)
  // A step that has run is drawn anew, without our marks.
  document[way]("demo-run:came", mark, true)
  document[way]("live-panel:drawn", mark)
  document[way]("page:changed", renew)
  bar[way]("click", clicked)
}

// The back button brings a page as it was left, which may be before the room was entered or left.
addEventListener("pageshow", event => {
  if (event.persisted && inside !== (recall("room", "session") !== null)) turn()
})

/** Waits for the style sheet, so that nothing is seen half dressed. */
function dressed() {
  if (document.querySelector(`link[href="${sheet}"]`)) return
  return new Promise((resolve, reject) => {
    const link = document.createElement("link")
    link.rel = "stylesheet"
    link.media = "not print"
    link.href = sheet
    link.onload = resolve
    link.onerror = () => { inside = false; link.remove(); reject(new Error("no style sheet")) }
    document.head.append(link)
  })
}

/** The topics of a page of text. One with several panels is shown with each of them in turn. */
function topicsOf() {
  const topics = [...main.querySelectorAll("section.topic")].map(part => {
    const holder = part.parentElement.closest("section.topic")
    const panels = [...(holder ?? part).querySelectorAll(":scope > .panels live-panel")]
    return { parts: [part], panels: holder ? panels.slice(0, 1) : panels }
  })
  const opening = [...main.querySelectorAll(":scope > :is(h1, .headed), :scope > :is(h1, .headed) + p, :scope > .prose.topic")]
  if (opening.length) topics.unshift({ parts: opening, panels: [] })
  return withEnd(topics)
}

/** The steps of a demo, each with the text before it; first what the demo is, last the prompt. */
function stepsOf(doing) {
  const steps = []
  let before = [main.querySelector(".demo-head")]
  for (const child of doing.children) {
    if (child.matches(".steps")) {
      if (!steps.length) steps.push(before.splice(0))
      for (const step of child.children) steps.push([...before.splice(0), step])
    } else if (child.matches(".prompt")) {
      if (before.length) steps.push(before.splice(0))
      if (child.querySelector("form")) steps.push([child])
    } else if (!child.matches(".bar, .effects, .elsewhere")) before.push(child)
  }
  return withEnd(steps.map(parts => ({ parts, panels: [] })))
}

/** Numbers them, and puts the way to the next note behind them. */
function withEnd(topics) {
  const all = topics.flatMap(({ parts, panels }, index) =>
    (panels.length ? panels : [null]).map((panel, nth) => ({
      parts, panel, place: `${index + 1} of ${topics.length}${panels.length > 1 ? `, panel ${nth + 1} of ${panels.length}` : ""}`,
    })))
  const beside = main.querySelector(":scope > .beside")
  if (all.length && beside) all.push({ parts: [beside], panel: null, place: "The end", end: true })
  return all
}

/** The first stop of the innermost topic that holds what `hash` names. */
function stopAt(hash) {
  const named = document.getElementById(idIn(hash))
  if (!named) return -1
  const last = stops.findLast(stop => stop.parts.some(part => part.contains(named)))
  return last ? stops.findIndex(stop => stop.parts === last.parts) : -1
}

/** The stop of what stands in the upper part of the window. */
function stopRead() {
  // The last topics of a page never come up: at its end, the lowest in sight.
  const reach = scrollY + innerHeight >= root.scrollHeight - 2 ? innerHeight - 40 : innerHeight * .4
  const last = stops.findLast(stop => !stop.end && stop.parts[0].getBoundingClientRect().top <= reach)
  return last ? stops.findIndex(stop => stop.parts === last.parts) : 0
}

/** Shows a stop, from its beginning, or from its end to one who comes back. */
function show(index, fromEnd = false) {
  at = index
  const { parts, place } = stops[at]
  mark()
  tell()
  const box = scroller()
  aim = null
  box?.scrollTo({ top: fromEnd ? box.scrollHeight : 0, behavior: "instant" })
  // The address names what is shown, so that reloading comes back to it.
  const id = parts.map(part => part.getAttribute("aria-labelledby")?.match(/^step-\d+/)?.[0] ?? (part.querySelector(":scope > .title > [id]")?.id || part.id)).find(Boolean)
  history.replaceState(history.state, "", id ? `#${id}` : location.pathname + location.search)
  if (bar.contains(document.activeElement) && !document.activeElement.disabled) say(place)
  else focusOn(parts[0])
}

/** Says in the bar where the room is, and what it can do there. */
function tell() {
  const { place, panel } = stops[at]
  bar.querySelector(".what").textContent = document.title.replace(/ · Waterline$/, "")
  bar.querySelector(".at").textContent = place
  bar.querySelector('[data-does="back"]').disabled = at === 0
  bar.querySelector('[data-does="on"]').disabled = at === stops.length - 1 && !nextPage()
  bar.querySelector('[data-does="view"]').hidden = !panel && !document.querySelector(".strip")
  nameView()
}

/** The notes were saved: the same stop with the same of its panels, or the one in its place. */
function renew() {
  const nth = at - stops.findIndex(stop => stop.parts === stops[at].parts)
  stops = document.querySelector("demo-run") ? stepsOf(document.querySelector(".doing")) : topicsOf()
  if (!stops.length) return leave()
  const named = location.hash ? stopAt(location.hash) : -1
  const most = named < 0 ? 0 : stops.filter(stop => stop.parts === stops[named].parts).length - 1
  at = named < 0 ? Math.min(at, stops.length - 1) : named + Math.min(nth, most)
  mark()
  tell()
}

/** Marks what is shown, and what it stands in. */
function mark() {
  clear()
  const { parts, panel } = stops[at]
  for (const part of panel ? [...parts, panel] : parts) {
    part.dataset.shown = ""
    for (let up = part.parentElement; up && up !== main; up = up.parentElement) if (!("shown" in up.dataset)) up.dataset.holds = ""
  }
  const fold = panel?.querySelector("details.fold:not([open])")
  if (fold) {
    fold.open = true
    unfolded.add(fold)
  }
}

function clear() {
  for (const was of main.querySelectorAll("[data-shown], [data-holds]")) {
    delete was.dataset.shown
    delete was.dataset.holds
  }
}

function focusOn(part) {
  const heading = part.matches("h1") ? part : part.querySelector("h1, h2, h3, h4, h5, h6") ?? part
  if (heading.tabIndex < 0) heading.tabIndex = -1
  heading.focus({ preventScroll: true })
}

function say(text) {
  document.getElementById("said").textContent = text
}

/** What a long topic is scrolled in: its text, else its panel, else the page. */
function scroller() {
  const boxes = [...main.querySelectorAll(".text, .doing"), ...main.querySelectorAll(".panels [data-shown]"), main]
  return boxes.find(box => box.clientHeight && /auto|scroll/.test(getComputedStyle(box).overflowY))
}

/** Scrolls by most of what is in sight. Says whether there was anything left to scroll. */
function scrolled(way) {
  const box = scroller()
  if (!box) return false
  const last = box.scrollHeight - box.clientHeight, now = aim ?? box.scrollTop
  if (way > 0 ? now >= last - 2 : now <= 2) return false
  aim = Math.max(0, Math.min(last, now + way * box.clientHeight * .85))
  box.addEventListener("scrollend", () => { aim = null }, { once: true })
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches
  box.scrollTo({ top: aim, behavior: still ? "instant" : "smooth" })
  return true
}

const nextPage = () => stops[at].end && main.querySelector(':scope > .beside [rel="next"]')

function on() {
  if (scrolled(1)) return
  if (at < stops.length - 1) show(at + 1)
  else if (nextPage()) location.assign(nextPage().href)
}

function back() {
  if (!scrolled(-1) && at > 0) show(at - 1, true)
}

const views = ["both", "panel", "text"]
const viewAfter = () => views[(views.indexOf(root.dataset.room) + 1) % views.length]

/** Gives the room to text and panel, to the panel, or to the text. */
function nextView() {
  root.dataset.room = viewAfter()
  remember("room-view", root.dataset.room, "session")
  nameView()
}

function nameView() {
  bar.querySelector('[data-does="view"]').textContent = { both: "Text and panel", panel: "Panel alone", text: "Text alone" }[viewAfter()]
}

function blank() {
  root.dataset.blank = ""
  say("The screen is blank. Any key brings it back.")
  addEventListener("pointerdown", wake, { once: true })
}

function wake() {
  delete root.dataset.blank
  removeEventListener("pointerdown", wake)
}

function clicked(event) {
  const button = event.target.closest("[data-does]")
  if (button) does[button.dataset.does]()
}

function followed() {
  const named = stopAt(location.hash)
  if (named >= 0) show(named)
}

const typed = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], [data-takes-keys], [data-takes-keys] *"
const forward = ["ArrowRight", "ArrowDown", "PageDown", " "], backward = ["ArrowLeft", "ArrowUp", "PageUp"]

function pressed(event) {
  const { key, target } = event
  if ("blank" in root.dataset && (event.ctrlKey || event.metaKey || event.altKey)) wake()
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
  if (["Shift", "Control", "Alt", "Meta"].includes(key)) return
  const act = "blank" in root.dataset ? wake : actOf(key, event.shiftKey, target)
  if (!act) return
  event.preventDefault()
  act()
}

/** What a key does here. What is open above the page, or is typed in, has its keys for itself. */
function actOf(key, shift, target) {
  if (document.querySelector("dialog[open], :popover-open") || target.matches?.(typed)) return null
  if (key === "Escape") return leave
  if (key === " " && target.matches?.("button, summary, a, [role=button]")) return null
  // A picture or a code block in focus that is wider than its place is scrolled by its arrows.
  if (/^Arrow(Left|Right)$/.test(key) && target !== document.body && main.contains(target) && target.scrollWidth > target.clientWidth + 1 && target.tabIndex >= 0) return null
  if (key === " " && shift || backward.includes(key)) return back
  if (forward.includes(key)) return on
  if (key === "Home") return () => show(0)
  if (key === "End") return () => show(stops.length - 1)
  if (key === "Enter" && !target.matches?.("button, summary, a")) return runStep()
  return null
}

/** Runs the step that is shown. */
function runStep() {
  const button = main.querySelector(".step[data-shown] .does .btn:not([disabled])")
  return button ? () => button.click() : null
}
