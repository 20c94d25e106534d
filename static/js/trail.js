/** Where the reader came from: the last pages of this tab, in the row that is kept for them. */
import { recall, remember } from "./store.js"

const MOST = 5

/** Whether this is the address of a page of ours, as it is kept here. A browser drops a tab or a new line in an address, so it is the browser that is asked. */
const isOurs = at => typeof at === "string" && at.startsWith("/") && URL.canParse(at, location) && new URL(at, location).origin === location.origin

/** A step is the address of a page of ours and its title. */
const steps = list => (Array.isArray(list) ? list : []).filter(step =>
  Array.isArray(step) && isOurs(step[0]) && typeof step[1] === "string")

function kept() {
  try {
    return steps(JSON.parse(recall("trail", "session")))
  } catch {
    return []
  }
}

const here = [location.pathname, document.title.replace(/ · Waterline$/, "")]

// What led here is kept with the entry in the history, so that going back shows what stood there.
const came = steps(history.state?.trail ?? kept()).filter(([at]) => at.split("#")[0] !== here[0]).slice(-MOST)
const keep = () => history.replaceState({ ...history.state, trail: came }, "")
const stand = (hash = "") => remember("trail", JSON.stringify([...came, [here[0] + hash, here[1]]]), "session")

keep()
stand()
addEventListener("hashchange", keep)
addEventListener("pageshow", () => stand())
// The way back leads to the heading that was being read.
addEventListener("pagehide", () => stand(document.querySelector(".tree [aria-current=location]")?.hash))

const room = document.querySelector(".stand")
if (room && came.length) {
  const nav = document.createElement("nav")
  nav.className = "trail"
  nav.setAttribute("aria-label", "Where you came from")
  nav.append("You came from")
  const list = nav.appendChild(document.createElement("ol"))
  for (const [at, title] of came.toReversed()) {
    const link = list.appendChild(document.createElement("li")).appendChild(document.createElement("a"))
    link.href = at
    link.textContent = title
  }
  room.append(nav)
}
