/** On a narrow window, every panel but the first of a page starts folded; the page marks those with `data-folds`. One that the page has shown already, `data-folds="again"`, does so on a wide one too. */
const narrow = matchMedia("(max-width: 59.99rem)")

/** Whether this panel should be folded when its picture first arrives. */
export const startsFolded = panel => (narrow.matches ? panel.hasAttribute("data-folds") : panel.getAttribute("data-folds") === "again")
