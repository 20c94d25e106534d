/**
 * The scripts of a page, once the page is painted. What is to be read comes first: fetching and
 * running a dozen modules would keep the first paint waiting. A page names them in
 * `<meta name="scripts">`; when all of them run, `data-scripts` of the document says "run".
 */
const page = document.documentElement
const names = document.querySelector("meta[name=scripts]").content.split(" ")

async function start() {
  const runs = await Promise.allSettled(names.map((name) => import(`./${name}.js`)))
  for (const { reason } of runs) if (reason) reportError(reason)
  page.dataset.scripts = "run"
}

/** A page that nobody sees is not painted, and starts without waiting for that. */
if (document.visibilityState === "hidden") start()
else requestAnimationFrame(() => setTimeout(start))
