//! What bodies hold, and what none can.
