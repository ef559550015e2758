//! Floor 3: the adapters that implement the ports of [`crate::remote`], and files on disk.

pub mod files;
pub mod git;
mod hash;
mod http;
pub mod hub;
pub mod images;
pub mod index;
pub mod installed;
pub mod machine;
pub mod once;
pub mod registry_files;
pub mod staged;
pub mod trees;
pub mod uv;
pub mod write;
