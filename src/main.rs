//! The `vhb` program.

fn main() {}
