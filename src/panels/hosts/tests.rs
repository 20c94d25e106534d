//! The hosts panel from rosters of every kind.
