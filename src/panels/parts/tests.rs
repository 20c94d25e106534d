//! The chain and its lanes, from answers of engines that differ.
