/** What a search finds, as a fragment that the server draws. */

/** Said when no answer comes. */
export const silent = "Waterline does not answer."

export async function found(typed, signal) {
  const answer = await fetch("/search/found?q=" + encodeURIComponent(typed), { signal })
  if (!answer.ok) throw new Error(answer.statusText)
  return answer.text()
}
