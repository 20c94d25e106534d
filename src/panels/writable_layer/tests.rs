//! Tests of the writable-layer panel.
