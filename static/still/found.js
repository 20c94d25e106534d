/** Search in a copy of the notebook: no server, but an index that lies beside it, of which only the parts are loaded that the typed words need. `src/author/export/finding.rs` writes it. */
const root = new URL("../../../", import.meta.url)

/** Said when a part of the index does not come. */
export const silent = "The index of this copy did not load."

const SHOWN = 20, MOST_WORDS = 12, MOST_PARTS = 8
const KINDS = ["Topics and notes", "Wanted", "Demos", "Panels"]
const FOLDED = { ß: "ss", ø: "o", æ: "ae", œ: "oe", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i" }

const loaded = new Map()

/** A part of the index; one that did not come is asked for again. */
function load(name) {
  if (!loaded.has(name)) {
    const part = fetch(new URL(`search/${name}.json`, root)).then(answer => {
      if (!answer.ok) throw new Error(answer.statusText)
      return answer.json()
    })
    part.catch(() => loaded.delete(name))
    loaded.set(name, part)
  }
  return loaded.get(name)
}

/** Words as the index has them: letters and digits, small, without accents. */
const words = text => text.toLowerCase().replace(/[ßøæœłđðþı]/g, c => FOLDED[c])
  .normalize("NFD").replace(/[\u0300-\u036f]/g, "").normalize("NFC")
  .match(/[\p{Alphabetic}\p{N}]+/gu) ?? []

/** How well each document fits a word: one that it begins counts less than the word itself, and a single letter begins too many. */
async function fits(word, { shards }) {
  const last = limit => Math.max(0, shards.findLastIndex(first => first <= limit))
  const from = last(word), to = word.length > 1 ? Math.min(last(word + "\uffff"), from + MOST_PARTS - 1) : from
  const parts = await Promise.all(shards.slice(from, to + 1).map((_, at) => load(`words-${from + at}`)))
  const fit = new Map()
  for (const [term, list] of parts.flat()) {
    if (word.length > 1 ? !term.startsWith(word) : term !== word) continue
    const close = term === word ? 1 : .6 * word.length / term.length
    for (let at = 0, doc = 0; at < list.length; at += 2) {
      doc += list[at]
      fit.set(doc, Math.max(fit.get(doc) ?? 0, list[at + 1] * close))
    }
  }
  return fit
}

/** What was found: `said`, a sentence, and `hits`, the best of it. */
export async function find(typed) {
  const asked = [...new Set(words(typed.slice(0, 200)))].slice(0, MOST_WORDS)
  if (!asked.length) return { said: typed.trim() ? "There is no word in that." : "", hits: [] }
  const index = await load("index")
  const all = index.shards.length ? await Promise.all(asked.map(word => fits(word, index))) : []
  const scores = new Map()
  for (const fit of all) {
    // A word that few have says more.
    const rare = 1 + Math.log((index.docs + 1) / (fit.size + 1))
    for (const [doc, score] of fit) {
      const [count, sum] = scores.get(doc) ?? [0, 0]
      scores.set(doc, [count + 1, sum + score * rare])
    }
  }
  const most = Math.max(0, ...all.length ? [...scores.values()].map(([count]) => count) : [])
  const best = [...scores].filter(([, [count]]) => count === most).sort((a, b) => b[1][1] - a[1][1] || a[0] - b[0])
  const hits = await Promise.all(best.slice(0, SHOWN).map(async ([doc]) => {
    const [href, title, name, place, kind, text] = (await load(`docs-${Math.floor(doc / index.chunk)}`))[doc % index.chunk]
    return { href: new URL(href, root).href, title, name, place, kind, text }
  }))
  const some = most < asked.length ? `, with some of these words` : ""
  const said = !best.length ? "Nothing in this copy has that."
    : best.length > hits.length ? `The best ${hits.length} of ${best.length}${some}.` : `${best.length} found${some}.`
  return { said, hits }
}

const escaped = text => text.replace(/[&<>"]/g, c => `&#${c.charCodeAt(0)};`)

/** The same as the palette takes it. */
export async function found(typed) {
  const { said, hits } = await find(typed)
  const groups = KINDS.map((title, kind) => {
    const own = hits.filter(hit => hit.kind === kind)
    if (!own.length) return ""
    const options = own.map(({ href, title, name, text }) => [
      `<a class="option" role="option" tabindex="-1" aria-selected="false" href="${escaped(href)}">`,
      `<b${kind === 1 ? ' class="wanted"' : ""}>${escaped(title)}</b>${kind === 1 ? ' <span class="tag">wanted</span>' : ""} `,
      `<span class="where">${escaped(name)}</span>${text ? `<span class="passage">${escaped(text)}</span>` : ""}</a>`,
    ].join(""))
    return `<div role="group" aria-labelledby="palette-still-${kind}"><p class="group" id="palette-still-${kind}" role="presentation">${title}</p>${options.join("")}</div>`
  })
  return `<p class="said">${escaped(said)}</p><div class="options">${groups.join("")}</div>`
}
