//! Writes out what the bot says: the knowledge's words as they are, the house's own sentences from
//! the catalogue.

use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;

use crate::dialogue::{Rich, Say, Sentence, Wait, Words, payload};
use crate::domain::language::Language;
use crate::domain::message::{Body, Button};
use crate::domain::time::{HOUR, MINUTE, UtcMillis};
use crate::sla::book::PolicyBook;
use crate::text::{Phrase, bot};

/// A message of the bot's, ready to store.
pub(crate) fn body(say: &Say, language: Language, book: &PolicyBook, now: UtcMillis) -> Body {
    let text = match &say.words {
        Words::Known(text) => text.clone(),
        Words::House(sentence) => words(sentence, language, book, now),
    };
    let buttons = say.buttons.iter().map(|button| labelled(button, language)).collect();
    let Rich { list, cards, attachments } = say.rich.clone();
    Body { text, buttons, attachments, list, cards }
}

/// House buttons leave the dialogue without a label.
fn labelled(button: &Button, language: Language) -> Button {
    let phrase = match button.payload.as_str() {
        payload::PERSON => bot::BUTTON_PERSON,
        payload::CANCEL_REQUEST => bot::BUTTON_CANCEL_REQUEST,
        payload::BACK_TO_BOT => bot::BUTTON_BACK_TO_BOT,
        payload::CANCEL_FORM => bot::BUTTON_CANCEL_FORM,
        payload::NONE_OF_THESE => bot::BUTTON_NONE_OF_THESE,
        payload::NO_COMMENT => bot::BUTTON_NO_COMMENT,
        _ => return button.clone(),
    };
    Button { label: phrase.tell(language.code()).to_owned(), payload: button.payload.clone() }
}

fn words(sentence: &Sentence, language: Language, book: &PolicyBook, now: UtcMillis) -> String {
    let code = language.code();
    match sentence {
        Sentence::Introduction { shop, privacy, welcome } => bot::INTRODUCTION
            .fill(code, &[("shop", shop), ("privacy", privacy), ("welcome", welcome)]),
        Sentence::CannotRead { kind } => {
            bot::CANNOT_READ.fill(code, &[("kind", bot::attachment(kind).tell(code))])
        }
        Sentence::Waiting { wait } => {
            bot::WAITING.fill(code, &[("wait", &wait_words(*wait, language, book, now))])
        }
        Sentence::Reopened { wait } => {
            bot::REOPENED.fill(code, &[("wait", &wait_words(*wait, language, book, now))])
        }
        Sentence::StillWaiting { wait: Wait::Unknown } => bot::NOT_FORGOTTEN.tell(code).to_owned(),
        Sentence::StillWaiting { wait } => {
            bot::STILL_WAITING.fill(code, &[("wait", &wait_words(*wait, language, book, now))])
        }
        Sentence::SameHuman { title } => bot::SAME_HUMAN.fill(code, &[("title", title)]),
        Sentence::NextRequest { title } => bot::NEXT_REQUEST.fill(code, &[("title", title)]),
        plain => plain_phrase(plain).tell(code).to_owned(),
    }
}

/// Sentences without places to fill.
fn plain_phrase(sentence: &Sentence) -> Phrase {
    match sentence {
        Sentence::NotUnderstood => bot::NOT_UNDERSTOOD,
        Sentence::WhichOne => bot::WHICH_ONE,
        Sentence::TooLong => bot::TOO_LONG,
        Sentence::Empty => bot::EMPTY,
        Sentence::OneMoment => bot::ONE_MOMENT,
        Sentence::LookupFailed => bot::LOOKUP_FAILED,
        Sentence::FormCancelled => bot::FORM_CANCELLED,
        Sentence::AddedToRequest => bot::ADDED_TO_REQUEST,
        Sentence::RequestCancelled => bot::REQUEST_CANCELLED,
        Sentence::BackWithBot => bot::BACK_WITH_BOT,
        Sentence::AskRating => bot::ASK_RATING,
        Sentence::RatingAgain => bot::RATING_AGAIN,
        Sentence::AskComment => bot::ASK_COMMENT,
        Sentence::ThanksForFeedback => bot::THANKS_FOR_FEEDBACK,
        Sentence::SorryRecovery => bot::SORRY_RECOVERY,
        Sentence::StillThere => bot::STILL_THERE,
        Sentence::ClosedForSilence => bot::CLOSED_FOR_SILENCE,
        Sentence::Welcome => bot::WELCOME,
        Sentence::Introduction { .. } => bot::INTRODUCTION,
        Sentence::CannotRead { .. } => bot::CANNOT_READ,
        Sentence::Waiting { .. } => bot::WAITING,
        Sentence::Reopened { .. } => bot::REOPENED,
        Sentence::StillWaiting { .. } => bot::STILL_WAITING,
        Sentence::SameHuman { .. } => bot::SAME_HUMAN,
        Sentence::NextRequest { .. } => bot::NEXT_REQUEST,
    }
}

fn wait_words(wait: Wait, language: Language, book: &PolicyBook, now: UtcMillis) -> String {
    let code = language.code();
    match wait {
        Wait::Unknown => bot::WAIT_UNKNOWN.tell(code).to_owned(),
        Wait::NextShift { opens } => {
            let when = day_and_hour(opens, now, language, &zone(book));
            bot::WAIT_NEXT_SHIFT.fill(code, &[("when", &when)])
        }
        Wait::Within { high, .. } if high < MINUTE => bot::WAIT_MOMENTS.tell(code).to_owned(),
        Wait::Within { low, high } if high > 2 * HOUR => {
            let (low, high) = ((low / HOUR).max(1).to_string(), up(high, HOUR).to_string());
            bot::WAIT_HOURS.fill(code, &[("low", &low), ("high", &high)])
        }
        Wait::Within { low, high } => minutes((low / MINUTE).max(1), up(high, MINUTE), code),
    }
}

fn minutes(low: i64, high: i64, code: &str) -> String {
    if low < high {
        let (low, high) = (low.to_string(), high.to_string());
        return bot::WAIT_WITHIN.fill(code, &[("low", &low), ("high", &high)]);
    }
    match high {
        ..=1 => bot::WAIT_ONE_MINUTE.tell(code).to_owned(),
        _ => bot::WAIT_ABOUT.fill(code, &[("minutes", &high.to_string())]),
    }
}

const fn up(amount: i64, unit: i64) -> i64 {
    (amount + unit - 1) / unit
}

/// The house's time zone: that of its usual policy's calendar.
pub(super) fn zone(book: &PolicyBook) -> TimeZone {
    let calendar = book.policies.last().and_then(|policy| book.calendars.get(&policy.calendar));
    calendar.and_then(|calendar| TimeZone::get(calendar.time_zone()).ok()).unwrap_or(TimeZone::UTC)
}

/// "today at 9:00", "domani alle 9:00", "Monday at 9:00".
fn day_and_hour(at: UtcMillis, now: UtcMillis, language: Language, zone: &TimeZone) -> String {
    let local = |at: UtcMillis| {
        Timestamp::from_millisecond(at.0).unwrap_or_default().to_zoned(zone.clone())
    };
    let (at, now) = (local(at), local(now));
    let days = (at.date() - now.date()).get_days();
    let hour = format!("{}:{:02}", at.hour(), at.minute());
    match (language, days) {
        (Language::It, 0) => format!("oggi alle {hour}"),
        (Language::It, 1) => format!("domani alle {hour}"),
        (Language::It, _) => format!("{} alle {hour}", weekday(at.weekday()).0),
        (Language::En, 0) => format!("today at {hour}"),
        (Language::En, 1) => format!("tomorrow at {hour}"),
        (Language::En, _) => format!("on {} at {hour}", weekday(at.weekday()).1),
    }
}

const fn weekday(day: Weekday) -> (&'static str, &'static str) {
    match day {
        Weekday::Monday => ("lunedì", "Monday"),
        Weekday::Tuesday => ("martedì", "Tuesday"),
        Weekday::Wednesday => ("mercoledì", "Wednesday"),
        Weekday::Thursday => ("giovedì", "Thursday"),
        Weekday::Friday => ("venerdì", "Friday"),
        Weekday::Saturday => ("sabato", "Saturday"),
        Weekday::Sunday => ("domenica", "Sunday"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_told_in_the_shops_zone() {
        let zone = TimeZone::get("Europe/Rome").unwrap();
        // Friday 2026-11-20 22:30 in Rome.
        let now = UtcMillis("2026-11-20T21:30:00Z".parse::<Timestamp>().unwrap().as_millisecond());
        let saturday =
            UtcMillis("2026-11-21T08:00:00Z".parse::<Timestamp>().unwrap().as_millisecond());
        let monday = saturday.plus(2 * 24 * HOUR);
        assert_eq!(day_and_hour(saturday, now, Language::It, &zone), "domani alle 9:00");
        assert_eq!(day_and_hour(monday, now, Language::En, &zone), "on Monday at 9:00");
    }

    #[test]
    fn waits_round_to_whole_minutes() {
        assert_eq!(minutes(1, 1, "en"), "The expected wait is about a minute.");
        assert_eq!(minutes(3, 3, "en"), "The expected wait is about 3 minutes.");
        assert!(minutes(2, 6, "it").contains("2-6"));
    }
}
