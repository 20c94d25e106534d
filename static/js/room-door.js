/** The door of the room, which is what projector mode is called here: `p` or the button leads in, and a tab that is in stays in from page to page. What happens inside is room.js; it is fetched at the door. */
import { addKey } from "./keys.js"
import { recall } from "./store.js"

async function turn() {
  try {
    (await import("./room.js")).turn()
  } catch {
    document.getElementById("said").textContent = "Waterline does not answer, so the projector view did not come."
  }
}

addKey("p", "Projector: one topic at a time, in large type", turn)
document.querySelector(".to-room")?.addEventListener("click", turn)
if (recall("room", "session")) turn()
