/** What was seen of each live value; an export writes its own. */
export const values = {}
