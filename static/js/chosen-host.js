/**
 * Which Docker host the reader looks at: `?host=` of the address, else the cookie, else
 * the default one, which has no name here.
 */
const COOKIE = "host"

/** A host that was chosen and is not there. */
let missing = ""

/** The host's name, or "". */
export function chosenHost() {
  const asked = new URLSearchParams(location.search).get("host")
  const name = asked || cookie()
  return name === missing ? "" : name
}

/** Chooses `name` for all pages of this browser; "" for the default host. */
export function chooseHost(name) {
  missing = ""
  const end = name ? "" : "; Max-Age=0"
  document.cookie = `${COOKIE}=${name}; Path=/; SameSite=Strict${end}`
}

/** Looks at the default host instead of `name`, which is not there. */
export const missHost = name => { missing = name }

/** The key of a picture on the chosen host, in its one spelling; one that names its host stays as it is. */
export function onChosenHost(key) {
  const host = chosenHost()
  const [name, query = ""] = key.split("?")
  if (!host || query.split("&").some(pair => pair.startsWith("host="))) return key
  return `${name}?host=${encode(host)}${query && `&${query}`}`
}

const encode = text => encodeURIComponent(text).replace(/[!'()*]/g, c => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

function cookie() {
  const pairs = document.cookie.split("; ").map(pair => pair.split("="))
  return pairs.find(([name]) => name === COOKIE)?.[1] ?? ""
}
