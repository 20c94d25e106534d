/** Permalinks: the link beside a heading copies its address as well as leading there. Without it, the link leads there. */
let back = 0

addEventListener("click", async event => {
  const link = event.target.closest?.("a.permalink")
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return
  let said = "The link is copied"
  try {
    await navigator.clipboard.writeText(link.href)
  } catch {
    said = "The clipboard is closed to this page. The link is in the address bar."
  }
  const status = document.getElementById("said")
  link.dataset.copied = ""
  if (status) status.textContent = said
  clearTimeout(back)
  back = setTimeout(() => {
    delete link.dataset.copied
    if (status) status.textContent = ""
  }, 2500)
})
