//! Our own sources, held to what the design says of them.
