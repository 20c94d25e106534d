/** The page of results in a copy of the notebook. Without it, the page leads to the lists of notes and topics. */
import { find, silent } from "../js/found.js"

const typed = new URLSearchParams(location.search).get("q") ?? ""
const said = document.querySelector(".said")
const list = document.querySelector(".found")

document.querySelector(".ask input").value = typed

function entry({ href, title, name, place, kind, text }) {
  const item = document.createElement("li")
  const link = item.appendChild(document.createElement("a"))
  link.href = href
  link.textContent = title
  if (kind === 1) link.className = "wanted"
  const where = document.createElement("span")
  where.className = "where"
  where.textContent = [name, place].filter(Boolean).join(" in ")
  if (where.textContent) item.append(" ", where)
  if (text) {
    const passage = document.createElement("p")
    passage.textContent = text
    item.append(passage)
  }
  return item
}

try {
  const { said: sentence, hits } = await find(typed)
  said.textContent = sentence || "Type a word, or the name of a topic."
  list.replaceChildren(...hits.map(entry))
} catch {
  said.textContent = silent
}
