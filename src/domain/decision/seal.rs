//! Shows that a record is what was written.

use std::fmt::Write as _;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// The SHA-256, in hexadecimal, of a record's canonical JSON: keys in order, no blanks. Databases may
/// keep JSON in another order and spacing; the seal is the same.
#[must_use]
pub fn seal(record: &Value) -> String {
    let mut canonical = String::new();
    write_value(record, &mut canonical);
    let digest = Sha256::digest(canonical.as_bytes());
    digest.iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn write_value(value: &Value, out: &mut String) {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(name, _)| *name);
            out.push('{');
            for (at, (name, value)) in fields.into_iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                out.push_str(&Value::String(name.clone()).to_string());
                out.push(':');
                write_value(value, out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write_value(item, out);
            }
            out.push(']');
        }
        plain => out.push_str(&plain.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn order_and_spacing_do_not_matter_and_every_value_does() {
        let one = read(r#"{"b": [1, {"d": null, "c": "è\n"}], "a": true}"#);
        let same = read(r#"{"a":true,"b":[1,{"c":"\u00e8\n","d":null}]}"#);
        assert_eq!(seal(&one), seal(&same));
        for other in [
            r#"{"a":true,"b":[1,{"c":"e\n","d":null}]}"#,
            r#"{"a":false,"b":[1,{"c":"è\n","d":null}]}"#,
            r#"{"a":true,"b":[{"c":"è\n","d":null},1]}"#,
            r#"{"a":true,"b":[1,{"c":"è\n"}]}"#,
        ] {
            assert_ne!(seal(&one), seal(&read(other)), "{other}");
        }
    }

    #[test]
    fn anybody_can_compute_it_again() {
        // printf '{"a":[1,2],"b":"x"}' | sha256sum
        let known = "d0f56dda38d34376527524ddd98f7ec117d5cbfb240f86e11bfb9d2d01a717d9";
        assert_eq!(seal(&read(r#"{"b":"x","a":[1,2]}"#)), known);
    }
}
