/** In a copy of the notebook a reference is a link, and nothing more: its preview would need a server. */
export {}
