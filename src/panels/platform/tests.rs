//! Tests of the platform panel, from made-up answers and the recorded host.
