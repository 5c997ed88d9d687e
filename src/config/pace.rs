//! `[pace.NAME]`: how fast a channel sends.

use serde::Deserialize;

/// `[pace.NAME]`
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "every key is described in config/default.toml")]
pub struct Pace {
    pub per_second: u32,
    #[serde(default = "one")]
    pub burst: u32,
    pub chat_per_minute: u32,
    #[serde(default = "one")]
    pub chat_burst: u32,
}

const fn one() -> u32 {
    1
}

/// The most that anybody sends, a second or a minute.
const MOST: u32 = 1_000;

impl Pace {
    /// As fast as it goes.
    pub const NONE: Self = Self { per_second: 0, burst: 1, chat_per_minute: 0, chat_burst: 1 };

    /// What is out of bounds, in one sentence.
    pub(super) fn problem(&self, name: &str) -> Option<String> {
        let bounds = [
            ("per_second", self.per_second, 0),
            ("burst", self.burst, 1),
            ("chat_per_minute", self.chat_per_minute, 0),
            ("chat_burst", self.chat_burst, 1),
        ];
        let wrong = bounds.into_iter().find(|(_, n, least)| !(*least..=MOST).contains(n));
        wrong.map(|(key, _, least)| format!("pace.{name}.{key} must be {least} to {MOST}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_at_least_one_message() {
        assert_eq!(Pace::NONE.problem("telegram"), None);
        let none = Pace { chat_burst: 0, ..Pace::NONE };
        assert_eq!(
            none.problem("telegram").as_deref(),
            Some("pace.telegram.chat_burst must be 1 to 1000")
        );
    }
}
