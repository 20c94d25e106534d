/** Counts the ages of answers: every `<time>` of a panel says how long ago that was. */

const steps = [[60, "s"], [60, "min"], [24, "h"], [Infinity, "d"]]

/** 75 → "1 min". */
export function age(seconds) {
  let value = Math.max(0, seconds)
  for (const [size, unit] of steps) {
    if (value < size) return `${Math.floor(value)} ${unit}`
    value /= size
  }
}

function count() {
  for (const time of document.querySelectorAll("live-panel time[datetime]")) {
    const text = age((Date.now() - Date.parse(time.dateTime)) / 1000)
    if (time.textContent !== text) time.textContent = text
  }
}

setInterval(() => document.hidden || count(), 1000)
document.addEventListener("live-panel:drawn", count)
count()
