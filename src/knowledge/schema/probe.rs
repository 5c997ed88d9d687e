//! Asks a parser for its keys, and holds a document against a schema. For tests.

use std::collections::BTreeSet;

use regex::Regex;
use serde::de::value::Error;
use serde::de::{Deserialize, Deserializer, Error as _, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Map, Value};

/// The keys that a type's parser knows.
pub(crate) fn keys<T: for<'de> Deserialize<'de>>() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    // It fails as soon as the keys are told.
    drop(T::deserialize(Probe(&mut found)));
    assert!(!found.is_empty(), "{} is no struct", std::any::type_name::<T>());
    found
}

struct Probe<'a>(&'a mut BTreeSet<String>);

impl<'de> Deserializer<'de> for Probe<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("no struct"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Error> {
        self.0.extend(fields.iter().map(|field| (*field).to_owned()));
        Err(Error::custom("told"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// The keys that a part of a schema knows.
pub(crate) fn keys_of(part: &Value) -> BTreeSet<String> {
    part["properties"].as_object().map(|all| all.keys().cloned().collect()).unwrap_or_default()
}

/// What is wrong with a value, as `path: rule`. Knows the words that our schemas use, and refuses
/// others.
pub(crate) fn wrong(root: &Value, part: &Value, value: &Value, path: &str) -> Vec<String> {
    let Some(rules) = part.as_object() else { return Vec::new() };
    rules.iter().flat_map(|(rule, want)| one(root, rules, rule, want, value, path)).collect()
}

fn one(
    root: &Value,
    rules: &Map<String, Value>,
    rule: &str,
    want: &Value,
    value: &Value,
    path: &str,
) -> Vec<String> {
    let fails = |good: bool| if good { Vec::new() } else { vec![format!("{path}: {rule} {want}")] };
    let each = |all: &Value| -> usize {
        let parts = all.as_array().unwrap().iter();
        parts.filter(|part| wrong(root, part, value, path).is_empty()).count()
    };
    match rule {
        "$ref" => {
            let name = want.as_str().unwrap().strip_prefix("#/").unwrap();
            wrong(root, root.pointer(&format!("/{name}")).unwrap(), value, path)
        }
        "type" => fails(is_of(want, value)),
        "enum" => fails(want.as_array().unwrap().contains(value)),
        "oneOf" => fails(each(want) == 1),
        "anyOf" => fails(each(want) > 0),
        "pattern" => {
            let regex = Regex::new(want.as_str().unwrap()).unwrap();
            fails(value.as_str().is_none_or(|text| regex.is_match(text)))
        }
        "minLength" | "minItems" | "minProperties" => {
            fails(size(value).is_none_or(|size| size >= want.as_u64().unwrap()))
        }
        "maxLength" | "maxItems" => {
            fails(size(value).is_none_or(|size| size <= want.as_u64().unwrap()))
        }
        "minimum" => fails(value.as_f64().is_none_or(|number| number >= want.as_f64().unwrap())),
        "maximum" => fails(value.as_f64().is_none_or(|number| number <= want.as_f64().unwrap())),
        "required" => {
            let has = |key: &Value| {
                value.as_object().is_none_or(|all| all.contains_key(key.as_str().unwrap()))
            };
            fails(want.as_array().unwrap().iter().all(has))
        }
        "items" => value
            .as_array()
            .into_iter()
            .flatten()
            .enumerate()
            .flat_map(|(at, item)| wrong(root, want, item, &format!("{path}/{at}")))
            .collect(),
        "propertyNames" => {
            let names = value.as_object().into_iter().flatten();
            names
                .flat_map(|(name, _)| wrong(root, want, &Value::from(name.as_str()), path))
                .collect()
        }
        "properties" | "additionalProperties" => entries(root, rules, rule, want, value, path),
        "$schema" | "$id" | "$defs" | "title" | "description" => Vec::new(),
        other => panic!("`{other}` is not understood"),
    }
}

/// Each entry by its own rule, or by the rule for all others.
fn entries(
    root: &Value,
    rules: &Map<String, Value>,
    rule: &str,
    want: &Value,
    value: &Value,
    path: &str,
) -> Vec<String> {
    let own = rules.get("properties").and_then(Value::as_object);
    let entry = |(key, value): (&String, &Value)| {
        let path = format!("{path}/{key}");
        match (rule, own.and_then(|own| own.get(key))) {
            ("properties", Some(part)) => wrong(root, part, value, &path),
            ("additionalProperties", None) if *want == Value::Bool(false) => {
                vec![format!("{path}: unknown")]
            }
            ("additionalProperties", None) => wrong(root, want, value, &path),
            _ => Vec::new(),
        }
    };
    value.as_object().into_iter().flatten().flat_map(entry).collect()
}

/// How long, how many.
fn size(value: &Value) -> Option<u64> {
    let length = match value {
        Value::String(text) => text.chars().count(),
        Value::Array(all) => all.len(),
        Value::Object(all) => all.len(),
        _ => return None,
    };
    Some(length as u64)
}

fn is_of(want: &Value, value: &Value) -> bool {
    let is = |name: &Value| match name.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("type {other}"),
    };
    want.as_array().map_or_else(|| is(want), |all| all.iter().any(is))
}
