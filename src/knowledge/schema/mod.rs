//! JSON Schemas (draft 2020-12) of the files that people write, so that editors complete and check
//! them. A test holds them against the parser, key by key.

/// Of the files of a folder of intents.
pub const INTENTS: &str = include_str!("../../../intents/intents.schema.json");
/// Of the conversation tests beside them.
pub const TESTS: &str = include_str!("../../../intents/tests/tests.schema.json");

#[cfg(test)]
pub(crate) mod probe;
#[cfg(test)]
mod tests;
