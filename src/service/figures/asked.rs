//! What figures are asked for: a range, a grouping, and the one number to look behind.

use std::str::FromStr;

use super::tally::{Class, Window};
use crate::domain::time::{DAY, UtcMillis};
use crate::sla::clock::{Clock, Metric};

/// The longest range, days.
const LONGEST: i64 = 400;
/// The last instant that can be asked for: the end of the year 9999.
const END: i64 = 253_402_300_799_999;

/// What the rows of figures are about, besides their metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouping {
    /// The metric alone.
    Metric,
    /// The policy that promised.
    Policy,
    /// The team that was meant to serve.
    Team,
    /// Who held the ticket, or acted on it last, when the clock ended.
    Agent,
}

impl Grouping {
    /// Every grouping.
    pub const ALL: [Self; 4] = [Self::Metric, Self::Policy, Self::Team, Self::Agent];

    /// The word in addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Metric => "metric",
            Self::Policy => "policy",
            Self::Team => "team",
            Self::Agent => "agent",
        }
    }

    /// The key of a clock's row; `None` where there is no policy, team or agent.
    #[must_use]
    pub fn key(self, clock: &Clock) -> Option<String> {
        let key = match self {
            Self::Metric => Some(clock.metric.as_str().to_owned()),
            Self::Policy => clock.policy.as_deref().map(str::to_owned),
            Self::Team => clock.team.as_deref().map(str::to_owned),
            Self::Agent => clock.agent.map(|agent| agent.to_string()),
        };
        key.filter(|key| !key.is_empty())
    }
}

/// Which clocks of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slice {
    /// All of them.
    Total,
    /// Those of a class.
    Of(Class),
    /// Those that stopped: what lengths of time are made of.
    Stopped,
}

/// Figures of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The range.
    pub window: Window,
    /// The grouping.
    pub by: Grouping,
}

impl Asked {
    /// Reads a range and a grouping: instants as ms UTC or RFC 3339. Without a start 24 hours, without
    /// an end up to now.
    ///
    /// # Errors
    /// What to write instead.
    pub fn read(
        from: Option<&str>,
        to: Option<&str>,
        by: Option<&str>,
        now: UtcMillis,
    ) -> Result<Self, String> {
        let word = by.unwrap_or("metric");
        let by = Grouping::ALL.into_iter().find(|by| by.as_str() == word);
        let unknown = || format!("by={word} is not known: write metric, policy, team or agent");
        let by = by.ok_or_else(unknown)?;
        let until = to.map(|to| instant("to", to)).transpose()?;
        let from = from.map(|from| instant("from", from)).transpose()?;
        let from = from.unwrap_or_else(|| until.unwrap_or(now).plus(-DAY));
        let to = until.unwrap_or_else(|| now.plus(1));
        if from >= to {
            return Err("from must lie before to: the range has no instant in it".to_owned());
        }
        if to.since(from) > LONGEST * DAY + 1 {
            return Err(format!("the range is longer than {LONGEST} days: ask for a shorter one"));
        }
        Ok(Self { window: Window { from, to }, by })
    }
}

/// The clocks behind one number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sought {
    /// The figures it stands in.
    pub asked: Asked,
    /// The row's key: any, none (`Some(None)`), or one.
    pub key: Option<Option<String>>,
    /// The row's metric: any, or one.
    pub metric: Option<Metric>,
    /// Which clocks of the row.
    pub slice: Slice,
}

impl Sought {
    /// Reads which number is meant. An empty key is the row of those that have none.
    ///
    /// # Errors
    /// What to write instead.
    pub fn read(
        asked: Asked,
        key: Option<String>,
        metric: Option<&str>,
        state: Option<&str>,
    ) -> Result<Self, String> {
        let read = |word: &str| {
            let names = Metric::ALL.map(Metric::as_str).join(", ");
            let unknown = || format!("metric={word} is not known: write one of {names}");
            Metric::parse(word).ok_or_else(unknown)
        };
        let metric = metric.map(read).transpose()?;
        let slice = state.unwrap_or("total").parse()?;
        let key = key.map(|key| Some(key).filter(|key| !key.is_empty()));
        Ok(Self { asked, key, metric, slice })
    }

    /// Whether a clock of the range is meant.
    pub(super) fn wants(&self, clock: &Clock) -> bool {
        self.metric.is_none_or(|metric| metric == clock.metric)
            && self.key.as_ref().is_none_or(|key| *key == self.asked.by.key(clock))
            && match self.slice {
                Slice::Total => true,
                Slice::Of(class) => Class::of(clock.state) == class,
                Slice::Stopped => clock.state.stopped().is_some(),
            }
    }
}

impl Slice {
    /// The word in addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Total => "total",
            Self::Of(class) => class.as_str(),
            Self::Stopped => "stopped",
        }
    }
}

impl FromStr for Slice {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        match word {
            "total" => Ok(Self::Total),
            "stopped" => Ok(Self::Stopped),
            word => Class::parse(word).map(Self::Of).ok_or_else(|| {
                let names = Class::ALL.map(Class::as_str).join(", ");
                format!("state={word} is not known: write one of {names}, stopped, total")
            }),
        }
    }
}

/// An instant as milliseconds or as a date with a time. A plus sign that an address turned into a
/// blank is one again.
fn instant(name: &str, text: &str) -> Result<UtcMillis, String> {
    let text = text.trim();
    let millis = text.parse::<i64>().ok().or_else(|| {
        let written = text.replacen(' ', "+", usize::from(text.contains(['T', 't'])));
        written.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_millisecond)
    });
    millis.filter(|millis| (0..=END).contains(millis)).map(UtcMillis).ok_or_else(|| {
        format!(
            "{name} cannot be read: write milliseconds since 1970 (UTC) or an instant such as \
             2026-11-21T09:30:00Z"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UtcMillis = UtcMillis(1_795_424_400_000);

    #[test]
    fn the_usual_range_is_the_last_day_up_to_now() {
        let asked = Asked::read(None, None, None, NOW).unwrap();
        assert_eq!(asked.window, Window::last(DAY, NOW));
        assert_eq!(asked.by, Grouping::Metric);
        let until = Asked::read(None, Some("1795424400000"), Some("team"), NOW).unwrap();
        assert_eq!(until.window, Window { from: NOW.plus(-DAY), to: NOW });
        assert_eq!(until.by, Grouping::Team);
    }

    #[test]
    fn instants_are_read_in_both_ways() {
        for text in ["1795424400000", "2026-11-23T10:00:00+01:00", "2026-11-23T10:00:00 01:00"] {
            assert_eq!(instant("from", text), Ok(UtcMillis(1_795_424_400_000)), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused_with_what_to_write() {
        let refused = |from, to, by| Asked::read(from, to, by, NOW).unwrap_err();
        assert!(refused(Some("yesterday"), None, None).contains("2026-11-21T09:30:00Z"));
        assert!(refused(None, Some("99999999999999999"), None).contains("to cannot be read"));
        assert!(refused(Some("5"), Some("5"), None).contains("before"));
        assert!(refused(Some("0"), Some("1000000000000"), None).contains("400 days"));
        assert!(refused(None, None, Some("mood")).contains("metric, policy, team or agent"));
        let asked = Asked::read(None, None, None, NOW).unwrap();
        let state = Sought::read(asked, None, None, Some("late")).unwrap_err();
        assert!(state.contains("superseded, unpromised, stopped, total"), "{state}");
        assert!(Sought::read(asked, None, Some("joy"), None).unwrap_err().contains("promise"));
    }

    #[test]
    fn an_empty_key_is_the_row_without_one() {
        let asked = Asked::read(None, None, Some("team"), NOW).unwrap();
        let key = |key: Option<&str>| {
            Sought::read(asked, key.map(str::to_owned), None, None).unwrap().key
        };
        assert_eq!(key(None), None);
        assert_eq!(key(Some("")), Some(None));
        assert_eq!(key(Some("returns")), Some(Some("returns".to_owned())));
    }
}
