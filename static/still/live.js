/** In a copy of the notebook there is no stream, and this stands in place of it: panels are there already, and a live value is told what was seen when the copy was made. */
import { startsFolded } from "./fold-panels.js"

let values = null

export async function listen(key, element) {
  if (element.localName === "live-panel") {
    if (startsFolded(element)) element.querySelector("details.fold")?.removeAttribute("open")
  } else if (key.startsWith("value:")) {
    values ??= import("../still/values.js")
    const told = (await values).values[element.getAttribute("name")]
    if (told) element.receive(told)
  }
}

export function unlisten() {}

export function lookAgain() {}
