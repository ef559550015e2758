//! Real servers on the loopback interface, shared by the tests.

#[allow(dead_code, clippy::unwrap_used)] // no test uses all of it, and a panic fails the test
pub(crate) mod index_server;
