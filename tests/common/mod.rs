//! Real servers on the loopback interface, and projects to run vhb in; shared by the tests.

#![allow(dead_code, unused_imports, reason = "each test file uses its own part")]
#![allow(unreachable_pub, reason = "a test file is a crate without users")]
#![allow(clippy::unwrap_used, reason = "a panic fails the test")]

pub mod archives;
pub mod cutting_proxy;
pub mod git_server;
pub mod hub_server;
pub mod index_server;
pub mod loopback;
pub mod place;
pub mod project;
pub mod registry_server;
pub mod s3_server;
pub mod sample;
pub mod terminal;
pub mod web_server;
pub mod wire;
pub mod yaml;
