//! Which paths a Rust source names, read from its tokens: comments and quoted text do not count.

/// A word, `::`, or one other character, and its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) line: usize,
}

/// A path as code names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    /// From the root of the crate if it begins with `crate`, else from another crate's name.
    pub(crate) path: Vec<String>,
    pub(crate) line: usize,
    /// Whether only tests see it (`#[cfg(test)]`).
    pub(crate) in_test: bool,
}

/// The tokens of a source.
pub(crate) fn tokens(source: &str) -> Vec<Token> {
    let chars: Vec<char> = source.chars().collect();
    let mut out = Vec::new();
    let mut line = 1;
    let mut at = 0;
    while at < chars.len() {
        let (end, is_token) = match one(&chars[at..]) {
            Piece::Blank(length) => (at + length, false),
            Piece::Token(length) => (at + length, true),
        };
        let text: String = chars[at..end].iter().collect();
        let lines = text.matches('\n').count();
        if is_token {
            out.push(Token { text, line });
        }
        line += lines;
        at = end;
    }
    out
}

enum Piece {
    Blank(usize),
    Token(usize),
}

fn one(rest: &[char]) -> Piece {
    let next = |at: usize| rest.get(at).copied().unwrap_or('\0');
    match (rest[0], next(1)) {
        ('/', '/') => Piece::Blank(rest.iter().take_while(|c| **c != '\n').count()),
        ('/', '*') => Piece::Blank(block_comment(rest)),
        ('"', _) => Piece::Blank(quoted(rest, 0)),
        ('\'', '\\') => {
            let end = rest.iter().skip(3).position(|c| *c == '\'');
            Piece::Blank(end.map_or(rest.len(), |at| at + 4))
        }
        ('\'', _) if next(2) == '\'' => Piece::Blank(3),
        // A lifetime.
        ('\'', _) => Piece::Blank(1 + word(&rest[1..])),
        (':', ':') => Piece::Token(2),
        (c, _) if c.is_whitespace() => Piece::Blank(1),
        (c, _) if c.is_alphanumeric() || c == '_' => {
            let length = word(rest);
            let prefix: String = rest[..length].iter().collect();
            match prefix.as_str() {
                "b" | "c" if next(length) == '"' => Piece::Blank(quoted(rest, length)),
                "r" | "br" | "cr" => raw(rest, length).map_or(Piece::Token(length), Piece::Blank),
                _ => Piece::Token(length),
            }
        }
        _ => Piece::Token(1),
    }
}

fn word(rest: &[char]) -> usize {
    let part = |c: &&char| c.is_alphanumeric() || **c == '_';
    rest.iter().take_while(part).count()
}

fn block_comment(rest: &[char]) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at + 1 < rest.len() {
        match (rest[at], rest[at + 1]) {
            ('/', '*') => depth += 1,
            ('*', '/') => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

/// The length of a string whose opening quote stands at `from`.
fn quoted(rest: &[char], from: usize) -> usize {
    let mut at = from + 1;
    while at < rest.len() {
        match rest[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// The length of a raw string whose hashes begin at `from`; none where it is none.
fn raw(rest: &[char], from: usize) -> Option<usize> {
    let hashes = rest[from..].iter().take_while(|c| **c == '#').count();
    let open = from + hashes;
    if rest.get(open) != Some(&'"') {
        return None;
    }
    let closes = |at: usize| {
        rest[at] == '"'
            && rest[at + 1..]
                .iter()
                .take(hashes)
                .filter(|c| **c == '#')
                .count()
                == hashes
    };
    let end = (open + 1..rest.len()).find(|at| closes(*at));
    Some(end.map_or(rest.len(), |at| at + 1 + hashes))
}

/// Every path in the tokens of a file; `module` is the file's own path below the crate's root.
pub(crate) fn paths(tokens: &[Token], module: &[String]) -> Vec<Named> {
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    let test_only = test_ranges(tokens);
    // The inline modules around the present token, each with the depth of braces outside of it.
    let mut inline: Vec<(String, usize)> = Vec::new();
    let mut depth = 0;
    let mut out = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match text(at) {
            "{" => depth += 1,
            "}" => {
                depth -= 1;
                inline.retain(|(_, outside)| *outside < depth);
            }
            "mod" if text(at + 2) == "{" => inline.push((text(at + 1).to_owned(), depth)),
            _ => {}
        }
        let begins = text(at) != ">"
            && continues(text(at))
            && text(at + 1) == "::"
            && (at == 0 || text(at - 1) != "::" || at < 2 || !continues(text(at - 2)));
        if !begins {
            at += 1;
            continue;
        }
        let mut found = Vec::new();
        let end = tree(tokens, at, &[], &mut found);
        let here: Vec<String> = module
            .iter()
            .chain(inline.iter().map(|(name, _)| name))
            .cloned()
            .collect();
        out.extend(found.into_iter().map(|(line, path)| Named {
            path: absolute(path, &here),
            line,
            in_test: test_only.iter().any(|range| range.contains(&at)),
        }));
        at = end;
    }
    out
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Whether `::` after this word goes on with a path, unlike that of `use ::std`.
fn continues(text: &str) -> bool {
    text == ">" || (is_word(text) && !matches!(text, "use" | "in" | "as" | "return"))
}

/// Reads `a::b::{c, d::*}` from a place on; gives the place after it.
fn tree(
    tokens: &[Token],
    mut at: usize,
    prefix: &[String],
    out: &mut Vec<(usize, Vec<String>)>,
) -> usize {
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    let mut path = prefix.to_vec();
    let line = tokens.get(at).map_or(0, |token| token.line);
    loop {
        match text(at) {
            "{" => {
                at += 1;
                while at < tokens.len() && text(at) != "}" {
                    at = tree(tokens, at, &path, out);
                    while at < tokens.len() && !matches!(text(at), "," | "}") {
                        at += 1; // `as name`
                    }
                    if text(at) == "," {
                        at += 1;
                    }
                }
                return at + 1;
            }
            word if is_word(word) || word == "*" => {
                path.push(word.to_owned());
                at += 1;
            }
            _ => break, // the `<` of `::<T>`
        }
        if text(at) != "::" {
            break;
        }
        at += 1;
    }
    out.push((line, path));
    at
}

fn absolute(path: Vec<String>, here: &[String]) -> Vec<String> {
    let mut base = here.to_vec();
    let mut rest = path.into_iter().peekable();
    match rest.peek().map(String::as_str) {
        Some("crate" | "vhb") => {
            rest.next();
            base.clear();
        }
        Some("self" | "super") => {
            while let Some(step) = rest.next_if(|part| part == "self" || part == "super") {
                if step == "super" {
                    base.pop();
                }
            }
        }
        _ => return rest.collect(),
    }
    std::iter::once("crate".to_owned())
        .chain(base)
        .chain(rest)
        .collect()
}

/// The items that `#[cfg(test)]` stands before, as ranges of tokens.
fn test_ranges(tokens: &[Token]) -> Vec<std::ops::Range<usize>> {
    const ATTRIBUTE: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let is_attribute = |window: &[Token]| {
        window
            .iter()
            .zip(ATTRIBUTE)
            .all(|(token, expected)| token.text == expected)
    };
    tokens
        .windows(ATTRIBUTE.len())
        .enumerate()
        .filter(|(_, window)| is_attribute(window))
        .map(|(start, _)| start..item_end(tokens, start + ATTRIBUTE.len()))
        .collect()
}

fn item_end(tokens: &[Token], from: usize) -> usize {
    let mut depth = 0_usize;
    let is_use = tokens.get(from).is_some_and(|token| token.text == "use");
    for (at, token) in tokens.iter().enumerate().skip(from) {
        match token.text.as_str() {
            "{" => depth += 1,
            "}" if depth == 1 && !is_use => return at + 1,
            "}" => depth = depth.saturating_sub(1),
            ";" if depth == 0 => return at + 1,
            _ => {}
        }
    }
    tokens.len()
}
