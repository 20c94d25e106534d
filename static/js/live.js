/**
 * The page's one stream. Elements subscribe to it by key; it is closed while the
 * tab is hidden, since a browser allows six connections to a host.
 */
import { chosenHost, onChosenHost } from "./chosen-host.js"

/**
 * @type {Map<string, Set<HTMLElement>>} who listens, by key as the page has it; "host" is the
 * masthead's chip. On the stream a key that names no host is that of the chosen one.
 * The key of a live value begins with "value:", that of a demo with "demo:".
 */
const listeners = new Map()

let source = null
let opened = ""
let waiting = false

/** From now on `element.receive(html)` is called with each new fragment of `key`. */
export function listen(key, element) {
  if (!listeners.has(key)) listeners.set(key, new Set())
  listeners.get(key).add(element)
  connectSoon()
}

/** The element has left the page, or changed its key. */
export function unlisten(key, element) {
  listeners.get(key)?.delete(element)
  if (!listeners.get(key)?.size) listeners.delete(key)
  connectSoon()
}

// Elements come and go in groups: wait for the whole group before connecting.
function connectSoon() {
  if (waiting) return
  waiting = true
  queueMicrotask(() => {
    waiting = false
    connect()
  })
}

function connect() {
  const keys = [...listeners.keys()].filter((key) => key !== "host").map(onChosenHost)
  const host = chosenHost()
  const query = [
    ...(host ? [`host=${encodeURIComponent(host)}`] : []),
    ...[...new Set(keys)].sort().map(asked),
  ].join("&")
  const wanted = document.hidden || !listeners.size ? "" : `/live?${query}`
  if (wanted === opened) return
  source?.close()
  source = null
  opened = wanted
  if (!wanted) return
  source = new EventSource(wanted)
  source.addEventListener("open", () => cut(false))
  // Only Waterline itself can cut this stream: a Docker host that is away is said in the panels.
  source.addEventListener("error", () => cut(true))
  source.addEventListener("panel", ({ data }) => deliver(...cutAtLine(data)))
  source.addEventListener("value", ({ data }) => {
    const [key, html] = cutAtLine(data)
    deliver(`value:${key}`, html)
  })
  source.addEventListener("demo", ({ data }) => {
    const [key, html] = cutAtLine(data)
    deliver(`demo:${key}`, html)
  })
  source.addEventListener("edit", ({ data }) => follow(data))
  // What is found follows a little after the notes.
  source.addEventListener("found", () => { if (location.pathname === "/search") follow("") })
  source.addEventListener("host", ({ data }) => deliver("host", data))
  source.addEventListener("gone", ({ data }) => {
    for (const element of those(data)) element.dataset.state = "unavailable"
  })
}

/** The edition of the notes that the page is made from; undefined where it shows none, or they are not followed. */
let edition = performance.getEntriesByType("navigation")[0]?.serverTiming?.find(({ name }) => name === "edition")?.description

/** Another edition may be there: the page is changed to it. */
async function follow(newest) {
  if (edition === undefined || edition === newest) return
  edition = newest || edition
  // Not heard: it is asked again when the stream is.
  if (!await (await import("./edit.js")).follow()) edition = ""
}

/** A key as the stream is asked for it. */
function asked(key) {
  const [, kind = "panel", name] = key.match(/^(?:(value|demo):)?(.*)$/s)
  return `${kind}=${encodeURIComponent(name)}`
}

/** The first line of an event is the key, the rest the fragment. */
function cutAtLine(data) {
  const end = data.indexOf("\n")
  return [data.slice(0, end), data.slice(end + 1)]
}

/** Says whether Waterline itself is heard. Without it nothing on the page is known to be current. */
function cut(is) {
  // Each attempt to connect fails anew, and is said once.
  if (document.documentElement.hasAttribute("data-cut") === is) return
  document.documentElement.toggleAttribute("data-cut", is)
  document.getElementById("cut").textContent = is
    ? "Waterline does not answer: it was stopped, or is starting again. What the panels show is as old as they say."
    : ""
}

function deliver(key, html) {
  for (const element of those(key)) element.receive(html)
}

/** Who listens to this key of the stream. */
function those(key) {
  const all = [...listeners].filter(([own]) => own === key || (own !== "host" && onChosenHost(own) === key))
  return all.flatMap(([, elements]) => [...elements])
}

/** Another host was chosen: the same pictures, of that one. */
export const lookAgain = connectSoon

document.addEventListener("visibilitychange", connect)
// A page that the browser keeps for the back button must not keep its connection.
addEventListener("pagehide", () => { source?.close(); source = null; opened = "" })
addEventListener("pageshow", connectSoon)
