/* Sets the remembered theme before the first paint. A classic script, so that it blocks; the switch is theme-switch.js. */
try {
  const theme = localStorage.getItem("theme")
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme
} catch { /* storage is closed to us: the page follows the system */ }
/* A browser runs no modules from a disk: what would need one is not shown in a copy that is opened there. */
if (location.protocol === "file:") document.documentElement.dataset.disk = ""
