//! Floor 3: the adapters that implement the ports of [`crate::remote`].
