//! What is shown otherwise than written, in words for whoever writes the replies.

use std::fmt;

use super::{Draft, Follow};
use crate::channel::capabilities::{Counting, figure};

/// One thing that a channel shows otherwise than written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Degradation {
    /// What was written: "4 buttons".
    pub what: String,
    /// What the customer gets: "a numbered list".
    pub becomes: String,
    /// Why: "WhatsApp shows at most 3 buttons".
    pub why: String,
    /// What kind of reason it is.
    pub reason: Reason,
}

/// Why something is shown otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The channel has no such thing: nothing that other words would change.
    Lacks,
    /// It is longer or more than the channel shows: fewer or shorter words would do.
    Exceeds,
    /// It can never work as written.
    Impossible,
}

impl Reason {
    /// Its word in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Lacks => "lacks",
            Self::Exceeds => "exceeds",
            Self::Impossible => "impossible",
        }
    }
}

impl fmt::Display for Degradation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}, because {}", self.what, self.becomes, self.why)
    }
}

impl Draft<'_> {
    pub(super) fn degrade(&mut self, what: String, becomes: &str, why: String, reason: Reason) {
        self.degradations.push(Degradation { what, becomes: becomes.to_owned(), why, reason });
    }

    pub(super) fn text_was_split(&mut self, text: &str, parts: usize, follow: Follow) {
        let limits = self.limits;
        let unit = match limits.counting {
            Counting::Characters | Counting::Utf16 => "letters",
            Counting::Bytes => "bytes",
        };
        let length = self.width(text);
        let (most, place) = match follow {
            Follow::Choices if length <= limits.text_chars => {
                (limits.choice_text_chars, " above buttons")
            }
            _ => (limits.text_chars, ""),
        };
        let most = figure(most);
        let why = format!("{} takes at most {most} in one{place}", limits.kind.title());
        let what = format!("a text of {} {unit}", figure(length));
        self.degrade(what, &format!("{parts} messages"), why, Reason::Exceeds);
    }

    pub(super) fn no_caption(&mut self) {
        let title = self.limits.kind.title();
        let (why, reason) = match self.limits.caption_chars {
            0 => (format!("{title} has no words under pictures"), Reason::Lacks),
            most if self.limits.list.is_none() => {
                let most = figure(most);
                (format!("{title} shows at most {most} letters under a picture"), Reason::Exceeds)
            }
            most => {
                let most = figure(most);
                let why =
                    format!("{title} shows at most {most} letters and no list under a picture");
                (why, Reason::Exceeds)
            }
        };
        self.degrade("a picture or file with text".to_owned(), "two messages", why, reason);
    }
}
