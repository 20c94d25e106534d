/** What an address says. */

/** The id that the part from `#` on names; one that is badly written names nothing. */
export function idIn(hash) {
  try {
    return decodeURIComponent(hash.slice(1))
  } catch {
    return ""
  }
}
