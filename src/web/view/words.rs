//! The reader: their language and time zone, and how times and amounts read in them.

use jiff::tz::TimeZone;
use maud::{Markup, html};

use crate::domain::language::Language;
use crate::domain::time::{DAY, HOUR, MINUTE, SECOND, UtcMillis};
use crate::text::Phrase;
use crate::text::screen;

/// In which words and which local time a page speaks.
#[derive(Clone, Debug)]
pub struct Words {
    /// The language of the page.
    pub language: Language,
    /// The house's time zone; the browser shows its own once scripts run.
    pub zone: TimeZone,
}

impl Words {
    /// Words in a language, with times in UTC.
    #[must_use]
    pub const fn new(language: Language) -> Self {
        Self { language, zone: TimeZone::UTC }
    }

    /// A phrase.
    #[must_use]
    pub fn say(&self, phrase: Phrase) -> &'static str {
        phrase.tell(self.language.code())
    }

    /// A phrase with its places filled.
    #[must_use]
    pub fn fill(&self, phrase: Phrase, values: &[(&str, &str)]) -> String {
        phrase.fill(self.language.code(), values)
    }

    /// A length of time in its largest units: `45 s`, `12 min`, `3 h 05 min`, `2 d 4 h`.
    #[must_use]
    pub fn span(&self, millis: i64) -> String {
        let unit = |phrase, n: i64| self.fill(phrase, &[("n", &n.to_string())]);
        let millis = millis.max(0);
        let (days, hours, minutes) = (millis / DAY, millis % DAY / HOUR, millis % HOUR / MINUTE);
        if days > 0 {
            let whole = unit(screen::DAYS, days);
            return if hours > 0 {
                format!("{whole} {}", unit(screen::HOURS, hours))
            } else {
                whole
            };
        }
        if hours > 0 {
            let whole = unit(screen::HOURS, hours);
            return if minutes > 0 {
                format!("{whole} {}", unit(screen::MINUTES, minutes))
            } else {
                whole
            };
        }
        if minutes > 0 {
            return unit(screen::MINUTES, minutes);
        }
        unit(screen::SECONDS, millis / SECOND)
    }

    /// A number with the language's decimal mark: `83.4` or `83,4`.
    #[must_use]
    pub fn decimal(&self, value: f64) -> String {
        let text = format!("{value:.1}");
        match self.language {
            Language::It => text.replace('.', ","),
            Language::En => text,
        }
    }

    /// How long ago, for a list: `now`, `3 min`, `2 d`.
    #[must_use]
    pub fn ago(&self, at: i64, now: UtcMillis) -> String {
        let past = now.0.saturating_sub(at);
        if past < MINUTE {
            return self.say(screen::NOW).to_owned();
        }
        let rounded = if past >= DAY {
            past - past % DAY
        } else if past >= HOUR {
            past - past % HOUR
        } else {
            past
        };
        self.span(rounded)
    }

    /// Local hours and minutes, such as `14:03`.
    #[must_use]
    pub fn hour(&self, at: i64) -> String {
        self.local(at, "%H:%M")
    }

    /// The local date, such as `21.11.2026`.
    #[must_use]
    pub fn date(&self, at: i64) -> String {
        self.local(at, "%d.%m.%Y")
    }

    /// The local date as people name it: today, yesterday, or the date.
    #[must_use]
    pub fn day(&self, at: i64, now: UtcMillis) -> String {
        let date = self.date(at);
        if date == self.date(now.0) {
            self.say(screen::TODAY).to_owned()
        } else if date == self.date(now.0.saturating_sub(DAY)) {
            self.say(screen::YESTERDAY).to_owned()
        } else {
            date
        }
    }

    /// A calendar date, such as `05.01.2026` for `2026-01-05`.
    #[must_use]
    pub fn day_of(&self, date: &str) -> String {
        date.parse::<jiff::civil::Date>()
            .map_or_else(|_| date.to_owned(), |date| date.strftime("%d.%m.%Y").to_string())
    }

    fn local(&self, at: i64, format: &str) -> String {
        match jiff::Timestamp::from_millisecond(at) {
            Ok(instant) => instant.to_zoned(self.zone.clone()).strftime(format).to_string(),
            Err(_) => String::new(),
        }
    }
}

/// Minutes and seconds below one hour (`4:12`), hours and minutes above (`5 h 12`).
#[must_use]
pub fn countdown(millis: i64) -> String {
    let millis = millis.max(0);
    let (hours, minutes, seconds) =
        (millis / HOUR, millis % HOUR / MINUTE, millis % MINUTE / SECOND);
    if millis >= DAY {
        format!("{} d {} h", millis / DAY, millis % DAY / HOUR)
    } else if hours > 0 {
        format!("{hours} h {minutes:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

/// An instant, relative, with the exact time in its title; scripts keep it fresh.
#[must_use]
pub fn since(at: i64, words: &Words, now: UtcMillis) -> Markup {
    html! {
        time datetime=(UtcMillis(at)) data-ago=(at)
            title=(format!("{} {}", words.date(at), words.hour(at))) { (words.ago(at, now)) }
    }
}

/// An instant by its hour, with the exact time in its title.
#[must_use]
pub fn hour(at: i64, words: &Words) -> Markup {
    html! {
        time datetime=(UtcMillis(at)) data-hour=(at)
            title=(format!("{} {}", words.date(at), words.hour(at))) { (words.hour(at)) }
    }
}

/// An instant by its date and hour; scripts write it in the reader's own time zone.
#[must_use]
pub fn moment(at: i64, words: &Words) -> Markup {
    html! {
        time datetime=(UtcMillis(at)) data-exact=(at) { (words.date(at)) " " (words.hour(at)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_in_their_largest_units() {
        let words = Words::new(Language::En);
        let read = |millis| words.span(millis);
        assert_eq!(read(45 * SECOND), "45 s");
        assert_eq!(read(12 * MINUTE + 59 * SECOND), "12 min");
        assert_eq!(read(3 * HOUR + 5 * MINUTE), "3 h 5 min");
        assert_eq!(read(2 * DAY + 4 * HOUR), "2 d 4 h");
        assert_eq!(read(-1), "0 s");
    }

    #[test]
    fn countdowns_keep_seconds_below_an_hour() {
        assert_eq!(countdown(4 * MINUTE + 12 * SECOND), "4:12");
        assert_eq!(countdown(5 * HOUR + 2 * MINUTE), "5 h 02");
    }

    #[test]
    fn days_have_names_near_now() {
        let words = Words::new(Language::It);
        let now = UtcMillis(1_700_000_000_000);
        assert_eq!(words.day(now.0, now), "Oggi");
        assert_eq!(words.day(now.0 - DAY, now), "Ieri");
        assert_eq!(words.day(now.0 - 2 * DAY, now), "12.11.2023");
    }
}
