//! The web room: routes, pages, the guard and the one live stream.
