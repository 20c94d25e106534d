/** On a narrow window, every panel but the first of a page starts folded; the page marks those with `data-folds`. Without it, all stand open. */
const narrow = matchMedia("(max-width: 59.99rem)")

/** Whether this panel should be folded when its picture first arrives. */
export const startsFolded = panel => narrow.matches && panel.hasAttribute("data-folds")
