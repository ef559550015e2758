//! How many there are of something, in words.

/// `1 run`, `2 runs`.
pub fn counted(count: usize, noun: &str) -> String {
    format!("{count} {}", plural(count, noun))
}

/// A noun as it stands behind a count: `run` behind 1, else `runs`.
pub fn plural(count: usize, noun: &str) -> String {
    match count {
        1 => noun.to_owned(),
        _ => format!("{noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_alone_is_singular() {
        assert_eq!(counted(0, "run"), "0 runs");
        assert_eq!(counted(1, "more run"), "1 more run");
        assert_eq!(counted(2, "result file"), "2 result files");
    }
}
