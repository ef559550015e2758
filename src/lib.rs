//! vhb makes machine-learning benchmark experiments reproducible.
//!
//! Imports go strictly downward through these floors:
//!
//! | floor | modules |
//! |---|---|
//! | 0 | [`model`], [`finding`] |
//! | 1 | `registry`, `lock`, [`remote`] |
//! | 2 | `resolve`, `bom`, `verify` |
//! | 3 | [`io`], `render` |
//! | 4 | `cli` |

pub mod finding;
pub mod io;
pub mod model;
pub mod remote;
