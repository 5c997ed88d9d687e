//! A conversation that did not go as its test says, told so that one sees at once what to mend.

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _};

/// How wide the column of names is.
const NAMES: usize = 10;
/// How much of an earlier answer is shown, in characters.
const EARLIER: usize = 110;
/// How many letters in a row two texts share before one comes near the other.
const TELLING: usize = 5;

/// Whether what is printed may have colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Ink {
    /// For files, pipes and whoever asks for none.
    Plain,
    /// For terminals.
    Coloured,
}

impl Ink {
    /// Colours for a terminal, unless `NO_COLOR` is set or the terminal knows none.
    pub(in crate::cli) fn of_output() -> Self {
        let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        if io::stdout().is_terminal() && !is_set("NO_COLOR") && !is_dumb {
            Self::Coloured
        } else {
            Self::Plain
        }
    }

    fn paint(self, code: &str, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Coloured => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        }
    }

    fn faint(self, text: &str) -> String {
        self.paint("2", text)
    }

    fn strong(self, text: &str) -> String {
        self.paint("1", text)
    }

    fn expected(self, text: &str) -> String {
        self.paint("31", &format!("- {text}"))
    }

    fn came(self, text: &str) -> String {
        self.paint("32", &format!("+ {text}"))
    }
}

/// One thing that is not as expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    /// What differs.
    pub(super) what: &'static str,
    /// What the test says.
    pub(super) expected: String,
    /// What came.
    pub(super) came: String,
}

impl Difference {
    pub(super) fn new(
        what: &'static str,
        expected: impl Into<String>,
        came: impl Into<String>,
    ) -> Self {
        Self { what, expected: expected.into(), came: came.into() }
    }
}

/// One turn as it went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// What the customer wrote, or the label of the button in brackets.
    pub(super) customer: String,
    /// What the bot answered.
    pub(super) bot: Vec<String>,
    /// The buttons that it offered last.
    pub(super) buttons: Vec<String>,
}

/// What did not go as expected, at the first turn that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Failure {
    /// The test's name.
    pub(super) name: String,
    /// Where the turn stands: `file:line`.
    pub(super) place: String,
    /// All the turns of the test.
    pub(super) turns: usize,
    /// The turns as they went; the last one differs.
    pub(super) said: Vec<Said>,
    /// Why.
    pub(super) differences: Vec<Difference>,
}

impl Failure {
    /// Where and which, in one line.
    pub(in crate::cli) fn heading(&self) -> String {
        format!("{}: {}", self.place, self.name)
    }

    /// The whole story.
    pub(in crate::cli) fn told(&self, ink: Ink) -> String {
        let heading = format!("FAIL {}", self.heading());
        let turn = format!("turn {} of {}", self.said.len(), self.turns);
        let mut out = format!("{} ({turn})\n\n", ink.strong(&heading));
        if let Some((last, earlier)) = self.said.split_last() {
            for said in earlier {
                out += &said.faint(ink);
            }
            out += &last.whole(ink);
        }
        out.push('\n');
        for difference in &self.differences {
            out += &difference.told(ink);
        }
        out
    }
}

impl Said {
    /// An earlier turn: each answer in one line.
    fn faint(&self, ink: Ink) -> String {
        let mut out = row("customer", &self.customer);
        for text in &self.bot {
            out += &row("bot", &clipped(text));
        }
        out.lines().fold(String::new(), |all, line| all + &ink.faint(line) + "\n")
    }

    fn whole(&self, ink: Ink) -> String {
        let mut out = ink.strong(row("> customer", &self.customer).trim_end()) + "\n";
        for line in self.bot.iter().flat_map(|text| text.lines()) {
            out += &row("bot", line);
        }
        if !self.buttons.is_empty() {
            out += &row("", &format!("[{}]", self.buttons.join("] [")));
        }
        out
    }
}

impl Difference {
    fn told(&self, ink: Ink) -> String {
        let mut out = row(self.what, &ink.expected(&self.expected));
        let _ = writeln!(out, "  {:>NAMES$}  {}", "", ink.came(&self.came));
        out
    }
}

fn row(name: &str, text: &str) -> String {
    format!("  {name:>NAMES$}  {}\n", text.trim_end())
}

fn clipped(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(EARLIER) {
        Some((end, _)) => line.get(..end).unwrap_or_default().to_owned() + "…",
        None => line,
    }
}

/// The sentence that comes nearest to what should have been said: the one with the longest piece of
/// it. `None` when no sentence has half of it, or too few letters to mean anything.
pub(super) fn nearest<'a>(said: &'a str, part: &str) -> Option<&'a str> {
    let part: Vec<char> = part.to_lowercase().chars().collect();
    let sentences = said.split_inclusive(['\n', '.', '?', '!', ';']).map(str::trim);
    let scored = sentences.map(|sentence| (common(sentence, &part), sentence));
    let (longest, sentence) = scored.max_by_key(|(length, _)| *length)?;
    (longest * 2 >= part.len() && longest >= TELLING).then_some(sentence)
}

/// The length of the longest run of characters that both have, whatever the case.
fn common(sentence: &str, part: &[char]) -> usize {
    let mut ends = vec![0_usize; part.len()];
    let mut longest = 0;
    for letter in sentence.to_lowercase().chars() {
        let mut before = 0;
        for (end, wanted) in ends.iter_mut().zip(part) {
            let here = if letter == *wanted { before + 1 } else { 0 };
            before = std::mem::replace(end, here);
            longest = longest.max(here);
        }
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure() -> Failure {
        let said = |customer: &str, bot: &str| Said {
            customer: customer.to_owned(),
            bot: vec![bot.to_owned()],
            buttons: vec!["Una persona".to_owned()],
        };
        Failure {
            name: "orders".to_owned(),
            place: "tests/x.yaml:7".to_owned(),
            turns: 3,
            said: vec![
                said("ciao", &"lungo ".repeat(60)),
                said("dov'è?", "Qual è il numero?\nDue lettere."),
            ],
            differences: vec![
                Difference::new("outcome", "answered", "asked"),
                Difference::new("says", "\"consegna\"", "nothing like it"),
            ],
        }
    }

    #[test]
    fn the_story_is_told_in_order_with_expected_above_came() {
        let told = failure().told(Ink::Plain);
        let expected = "\
FAIL tests/x.yaml:7: orders (turn 2 of 3)

    customer  ciao
         bot  LONG
  > customer  dov'è?
         bot  Qual è il numero?
         bot  Due lettere.
              [Una persona]

     outcome  - answered
              + asked
        says  - \"consegna\"
              + nothing like it
";
        let long = clipped(&"lungo ".repeat(60));
        assert!(long.chars().count() == EARLIER + 1 && long.ends_with('…'));
        assert_eq!(told, expected.replace("LONG", &long));
    }

    #[test]
    fn colours_add_nothing_but_colours() {
        let coloured = failure().told(Ink::Coloured);
        assert!(coloured.contains("\u{1b}[31m- answered\u{1b}[0m"), "{coloured}");
        assert!(coloured.contains("\u{1b}[32m+ asked\u{1b}[0m"));
        let mut plain = coloured;
        for code in ["0", "1", "2", "31", "32"] {
            plain = plain.replace(&format!("\u{1b}[{code}m"), "");
        }
        assert_eq!(plain, failure().told(Ink::Plain));
    }

    #[test]
    fn the_nearest_sentence_is_found_and_a_far_one_is_not() {
        let said = "Costa 5,90 EUR in Italia. Sopra 49 EUR è gratis.";
        assert_eq!(nearest(said, "sopra 59 EUR"), Some("Sopra 49 EUR è gratis."));
        assert_eq!(nearest(said, "gelato al limone"), None);
        assert_eq!(nearest("Può continuare a scrivere.", "sconto"), None);
        assert_eq!(nearest("", "x"), None);
    }
}
