//! vhb makes machine-learning benchmark experiments reproducible.
//!
//! The flow, each arrow pure unless it names the world:
//!
//! ```text
//! YAML text --registry--> Registry (or every problem at once, as Findings)
//! Registry + experiment --resolve, asks git, indexes and disks in parallel--> Lock
//! Lock --lock--> bytes        Lock --bom--> CycloneDX
//! Lock --export, pylock.toml asks indexes for addresses--> what installers read, or installs
//! Lock + Evidence --verify--> Report --render--> text, JSON, SARIF, JUnit, Markdown
//! Lock --view--> what is in it, and who brought it in --render--> text, JSON
//! Lock + SBOM + Report --render--> one page of HTML
//! Lock + SBOM + results --attest--> Statements --attestation, signs them--> bytes
//! Lock + SBOM + attestation --attachments--> artifacts beside an image, and back
//! Lock + Lock + the one that both come from --merge--> Lock, or what is to be decided by a person
//! ```
//!
//! Imports go strictly downward through these floors; a test enforces it:
//!
//! | floor | modules |
//! |---|---|
//! | 0 | [`model`], [`finding`] |
//! | 1 | [`registry`], [`lock`], [`remote`], [`attestation`] |
//! | 2 | [`resolve`], [`bom`], [`verify`], [`merge`], [`view`] |
//! | 2 | [`export`], [`attest`], [`attachments`], [`schema`] |
//! | 3 | [`io`], [`render`] |
//! | 4 | [`cli`] |

pub mod attachments;
pub mod attest;
pub mod attestation;
pub mod bom;
pub mod cli;
pub mod export;
pub mod finding;
pub mod io;
pub mod lock;
pub mod merge;
pub mod model;
pub mod registry;
pub mod remote;
pub mod render;
pub mod resolve;
pub mod schema;
pub mod verify;
pub mod view;

pub use lock::GENERATOR;
