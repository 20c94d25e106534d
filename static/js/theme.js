/* Sets the remembered theme before the first paint. A classic script, so that it blocks; the switch is theme-switch.js. */
try {
  const theme = localStorage.getItem("theme")
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme
} catch { /* storage is closed to us: the page follows the system */ }
