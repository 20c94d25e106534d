//! Groups and lives, from events of engines that differ.
