//! What a plain YAML scalar means, by the rules of PyYAML's `safe_load`.
//!
//! The upstream loader reads registries with PyYAML, which follows YAML 1.1: `yes` is true, `010`
//! is eight, `1:30` is ninety, `1e-3` is a string. Whoever resolves scalars otherwise locks
//! another experiment than the one that runs.

use super::node::Value;

/// Resolves a plain (unquoted, untagged) scalar.
pub(super) fn resolve(text: &str) -> Value {
    // Almost every scalar is a word; its first character tells that it is nothing else.
    match text.as_bytes().first() {
        None => Value::Null,
        Some(b'~' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'y' | b'Y' | b'o' | b'O') => {
            keyword(text)
        }
        Some(b'0'..=b'9' | b'+' | b'-' | b'.') => {
            number(text).unwrap_or_else(|| Value::String(text.to_owned()))
        }
        Some(_) => Value::String(text.to_owned()),
    }
}

/// Resolves a scalar with an explicit core tag (`!!int`); none where the text does not suit it.
pub(super) fn resolve_as(suffix: &str, text: &str) -> Option<Value> {
    let value = match suffix {
        "str" => return Some(Value::String(text.to_owned())),
        "null" => return Some(Value::Null),
        _ => resolve(text),
    };
    match (suffix, value) {
        ("bool", value @ Value::Bool(_))
        | ("int", value @ Value::Int(_))
        | ("float", value @ Value::Float(_))
        | ("timestamp", value @ Value::Timestamp(_)) => Some(value),
        // An integer that is tagged as a float is one.
        #[allow(clippy::cast_precision_loss)]
        ("float", Value::Int(value)) => Some(Value::Float(value as f64)),
        _ => None,
    }
}

fn keyword(text: &str) -> Value {
    match text {
        "~" | "null" | "Null" | "NULL" => Value::Null,
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Value::Bool(true),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Value::Bool(false)
        }
        _ => Value::String(text.to_owned()),
    }
}

fn number(text: &str) -> Option<Value> {
    integer(text)
        .map(Value::Int)
        .or_else(|| float(text).map(Value::Float))
        .or_else(|| is_timestamp(text).then(|| Value::Timestamp(text.to_owned())))
}

fn split_sign(text: &str) -> (bool, &str) {
    match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    }
}

fn integer(text: &str) -> Option<i128> {
    let (negative, digits) = split_sign(text);
    let magnitude = match digits.as_bytes() {
        [b'0', b'b', rest @ ..] => radix(rest, 2)?,
        [b'0', b'x', rest @ ..] => radix(rest, 16)?,
        [b'0'] => 0,
        [b'0', rest @ ..] => radix(rest, 8)?,
        [b'1'..=b'9', ..] => sexagesimal(digits)?,
        _ => return None,
    };
    Some(if negative { -magnitude } else { magnitude })
}

fn radix(digits: &[u8], radix: u32) -> Option<i128> {
    let mut any = false;
    let mut value: i128 = 0;
    for &digit in digits {
        if digit == b'_' {
            continue;
        }
        let digit = char::from(digit).to_digit(radix)?;
        // Too many digits stay a too large integer, which JSON refuses, and become no string.
        value = value
            .saturating_mul(radix.into())
            .saturating_add(digit.into());
        any = true;
    }
    any.then_some(value)
}

/// A decimal number, or groups of base 60 (`1:30`).
fn sexagesimal(digits: &str) -> Option<i128> {
    let mut groups = digits.split(':');
    let mut value = radix(groups.next()?.as_bytes(), 10)?;
    for group in groups {
        value = value
            .saturating_mul(60)
            .saturating_add(base60(group)?.into());
    }
    Some(value)
}

fn base60(group: &str) -> Option<u8> {
    match group.as_bytes() {
        [b'0'..=b'9'] | [b'0'..=b'5', b'0'..=b'9'] => group.parse().ok(),
        _ => None,
    }
}

fn float(text: &str) -> Option<f64> {
    let (negative, body) = split_sign(text);
    let magnitude = match body {
        ".inf" | ".Inf" | ".INF" => f64::INFINITY,
        ".nan" | ".NaN" | ".NAN" if body == text => f64::NAN,
        _ => decimal(body, body.len() < text.len())?,
    };
    Some(if negative { -magnitude } else { magnitude })
}

/// `1.5`, `1.5e+3`, `.5` (only without a sign) or `1:30.5`. A dot is required, and so is the sign
/// of an exponent: PyYAML reads `1e-3` and `1.0e5` as strings.
fn decimal(body: &str, signed: bool) -> Option<f64> {
    let (whole, rest) = body.split_once('.')?;
    let starts_well = match whole.as_bytes() {
        [] => !signed && rest.starts_with(|c: char| c.is_ascii_digit()),
        [first, ..] => first.is_ascii_digit(),
    };
    if !starts_well {
        return None;
    }
    let (fraction, exponent) = match rest.find(['e', 'E']) {
        Some(at) => (&rest[..at], Some(&rest[at + 1..])),
        None => (rest, None),
    };
    let grouped = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    let exponent_fits = exponent.is_none_or(|exponent| {
        exponent.starts_with(['+', '-'])
            && exponent.len() > 1
            && exponent[1..].bytes().all(|b| b.is_ascii_digit())
    });
    if !grouped(fraction) || !exponent_fits {
        return None;
    }
    let plain = |text: &str| text.replace('_', "");
    if whole.contains(':') {
        if exponent.is_some() {
            return None;
        }
        let (head, last) = whole.rsplit_once(':')?;
        #[allow(clippy::cast_precision_loss)]
        let minutes = match sexagesimal(head)? {
            i128::MAX => f64::INFINITY,
            minutes => minutes as f64 * 60.0,
        };
        let seconds: f64 = format!("{}.{}0", base60(last)?, plain(fraction))
            .parse()
            .ok()?;
        return Some(minutes + seconds);
    }
    if !grouped(whole) {
        return None;
    }
    format!(
        "0{}.{}0e{}",
        plain(whole),
        plain(fraction),
        exponent.unwrap_or("0")
    )
    .parse()
    .ok()
}

/// `2026-11-22`, or a date and a time as PyYAML recognises them.
fn is_timestamp(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = |range: std::ops::Range<usize>| {
        bytes
            .get(range)
            .is_some_and(|part| part.iter().all(u8::is_ascii_digit))
    };
    if bytes.len() == 10 {
        return digits(0..4)
            && bytes[4] == b'-'
            && digits(5..7)
            && bytes[7] == b'-'
            && digits(8..10);
    }
    let Some((date, time)) = text.split_once(['T', 't', ' ', '\t']) else {
        return false;
    };
    let date_fits = date.split('-').map(str::len).eq([4, 1, 1])
        || date.split('-').map(str::len).eq([4, 2, 2])
        || date.split('-').map(str::len).eq([4, 1, 2])
        || date.split('-').map(str::len).eq([4, 2, 1]);
    let time = time.trim_start_matches([' ', '\t']);
    let mut clock = time.splitn(3, ':');
    let hour = clock.next().unwrap_or_default();
    let minute = clock.next().unwrap_or_default();
    let rest = clock.next().unwrap_or_default();
    let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let zone_fits = rest.get(2..).is_some_and(|zone| {
        zone.bytes().all(|b| {
            b.is_ascii_digit() || matches!(b, b'.' | b':' | b'+' | b'-' | b'Z' | b' ' | b'\t')
        })
    });
    date_fits
        && date.split('-').all(number)
        && number(hour)
        && hour.len() <= 2
        && number(minute)
        && minute.len() == 2
        && rest.get(..2).is_some_and(number)
        && zone_fits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::approx_constant)]
    fn scalars_mean_what_pyyaml_says() {
        let string = |text: &str| Value::String(text.to_owned());
        for (text, expected) in [
            ("", Value::Null),
            ("~", Value::Null),
            ("null", Value::Null),
            ("nUll", string("nUll")),
            ("yes", Value::Bool(true)),
            ("Off", Value::Bool(false)),
            ("y", string("y")),
            ("0", Value::Int(0)),
            ("-17", Value::Int(-17)),
            ("1_000", Value::Int(1000)),
            ("010", Value::Int(8)),
            ("08", string("08")),
            ("0x_fF", Value::Int(255)),
            ("0b101", Value::Int(5)),
            ("1:30", Value::Int(90)),
            ("1:75", string("1:75")),
            ("+1.5", Value::Float(1.5)),
            ("1.", Value::Float(1.0)),
            (".5", Value::Float(0.5)),
            ("-.5", string("-.5")),
            ("1.5e+3", Value::Float(1500.0)),
            ("1.5e3", string("1.5e3")),
            ("1e-3", string("1e-3")),
            ("1:30.5", Value::Float(90.5)),
            ("-.inf", Value::Float(f64::NEG_INFINITY)),
            ("1.2.3", string("1.2.3")),
            ("-", string("-")),
            (".", string(".")),
            ("2026-11-22", Value::Timestamp("2026-11-22".to_owned())),
            (
                "2026-11-22T07:00:00Z",
                Value::Timestamp("2026-11-22T07:00:00Z".to_owned()),
            ),
            ("2026-11-22T", string("2026-11-22T")),
            ("1-2-3", string("1-2-3")),
        ] {
            assert_eq!(resolve(text), expected, "{text}");
        }
        assert!(matches!(resolve(".nan"), Value::Float(value) if value.is_nan()));
    }

    #[test]
    fn tags_overrule() {
        assert_eq!(resolve_as("str", "1"), Some(Value::String("1".to_owned())));
        assert_eq!(resolve_as("float", "1"), Some(Value::Float(1.0)));
        assert_eq!(resolve_as("int", "one"), None);
    }
}
