/** What a preview shows: the server words it. A copy of the notebook has its own (`still/glance.js`). */
export const silent = "Waterline does not answer, so there is nothing to show here yet."

/** The preview of a reference, as HTML. */
export async function glance(ref) {
  const answer = await fetch(`${ref.pathname}/preview`)
  // A topic that is gone has a preview too, which says so.
  if (!answer.ok && answer.status !== 404) throw new Error(answer.statusText)
  return answer.text()
}
