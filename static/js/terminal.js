/**
 * `<docker-terminal>`: a terminal in a container of one's own sandbox, over a WebSocket.
 * Loaded when one is opened, with xterm.js, which nothing else on the page needs. The
 * shell ends when the element or the page goes.
 */
const here = new URL("../", import.meta.url)

/**
 * xterm.js writes style sheets into `<style>` elements, which our policy forbids. What it
 * writes goes into constructed sheets instead, which a script of ours may make.
 */
function routeStyles() {
  const create = document.createElement.bind(document)
  document.createElement = (name, ...rest) => {
    if (String(name).toLowerCase() !== "style") return create(name, ...rest)
    const sheet = new CSSStyleSheet()
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]
    const stand = create("span")
    stand.hidden = true
    Object.defineProperty(stand, "textContent", { set: (text) => sheet.replaceSync(text), get: () => "" })
    return stand
  }
  return () => { document.createElement = create }
}

class DockerTerminal extends HTMLElement {
  #socket = null
  #terminal = null
  #watch = null
  #back = () => {}

  async start(asked) {
    const screen = document.createElement("div")
    screen.className = "screen"
    const tools = document.createElement("p")
    tools.className = "tools"
    const told = document.createElement("span")
    told.role = "status"
    told.textContent = `Opening a terminal: ${asked.line}`
    const close = document.createElement("button")
    Object.assign(close, { type: "button", className: "btn", textContent: "Close the terminal" })
    close.addEventListener("click", () => {
      this.remove()
      document.getElementById("line")?.focus()
    })
    tools.append(close, told)
    this.append(screen, tools)
    this.scrollIntoView({ block: "nearest" })
    sheet(new URL("vendor/xterm.css", here))
    const [{ Terminal }, { FitAddon }] = await Promise.all([
      import("../vendor/xterm.mjs"), import("../vendor/xterm-addon-fit.mjs"),
    ])
    if (!this.isConnected) return
    this.#back = routeStyles()
    const terminal = new Terminal({
      cursorBlink: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      fontFamily: getComputedStyle(this).getPropertyValue("--code") || "monospace",
      fontSize: 13, scrollback: 2000, screenReaderMode: true,
      theme: { background: "#10181c", foreground: "#e4ecee", cursor: "#5cc8d7", selectionBackground: "#2f7582" },
    })
    const fit = new FitAddon()
    terminal.loadAddon(fit)
    terminal.open(screen)
    fit.fit()
    this.#terminal = terminal
    // Esc is the shell's; this leaves without a mouse.
    terminal.attachCustomKeyEventHandler((event) => {
      if (event.type === "keydown" && event.key === "Escape" && event.shiftKey) {
        close.focus()
        return false
      }
      return true
    })
    const query = new URLSearchParams({ demo: asked.demo, host: asked.host })
    const socket = new WebSocket(`ws://${location.host}/terminal?${query}`)
    socket.binaryType = "arraybuffer"
    this.#socket = socket
    const say = (message) => socket.readyState === WebSocket.OPEN && socket.send(message)
    const size = () => ({ rows: terminal.rows, columns: terminal.cols })
    socket.addEventListener("open", () => say(JSON.stringify({ line: asked.line, token: asked.token, ...size() })))
    socket.addEventListener("message", ({ data }) => {
      if (typeof data !== "string") {
        terminal.write(new Uint8Array(data))
        return
      }
      told.textContent = data
      if (data.startsWith("Connected")) terminal.focus()
    })
    socket.addEventListener("close", () => {
      if (told.textContent.startsWith("Connected") || told.textContent.startsWith("Opening")) told.textContent = "The terminal has ended."
      terminal.options.disableStdin = true
      close.textContent = "Close"
    })
    const bytes = new TextEncoder()
    terminal.onData((text) => say(bytes.encode(text)))
    terminal.onBinary((text) => say(Uint8Array.from(text, (letter) => letter.charCodeAt(0))))
    terminal.onResize(() => say(JSON.stringify(size())))
    this.#watch = new ResizeObserver(() => fit.fit())
    this.#watch.observe(screen)
  }

  disconnectedCallback() {
    this.#watch?.disconnect()
    this.#socket?.close()
    this.#terminal?.dispose()
    this.#back()
  }
}

function sheet(address) {
  if (document.querySelector(`link[href="${address.pathname}"]`)) return
  const link = document.createElement("link")
  Object.assign(link, { rel: "stylesheet", href: address.pathname })
  document.head.append(link)
}

customElements.define("docker-terminal", DockerTerminal)

/** Opens a terminal before `place`, the form of the prompt. */
export function openTerminal(place, asked) {
  const terminal = document.createElement("docker-terminal")
  place.before(terminal)
  terminal.start(asked)
  return terminal
}
