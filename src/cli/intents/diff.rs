//! `sportello intents diff`: which answers would change with other files.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::super::output::{self, Form};
use super::super::{FINDING, settings};
use super::{Sources, messages};
use crate::config::Config;
use crate::knowledge::diff::{Answer, Asked, Change, Edits, Kind, Origin, Outcome, changes};
use crate::knowledge::load::Built;
use crate::sla::duration;

/// What `diff` is told.
#[derive(Args, Debug)]
pub(in crate::cli) struct DiffArgs {
    /// The folder of intents as it is
    old: PathBuf,
    /// The folder of intents as it would be
    new: PathBuf,
    /// Messages to try: a CSV file with a column text, or one message a line (`-` for standard
    /// input); otherwise the examples of both folders and what customers wrote
    #[arg(long, value_name = "FILE")]
    messages: Option<PathBuf>,
    /// How far back customers' messages are taken from the database: 12h, 30d
    #[arg(long, value_name = "SPAN", default_value = "30d", value_parser = duration::parse)]
    since: i64,
    /// How many changed answers are printed
    #[arg(long, value_name = "N", default_value_t = 40)]
    limit: usize,
    /// Print one JSON document with all of them
    #[arg(long)]
    json: bool,
}

/// What was compared.
struct Compared {
    messages: Vec<Asked>,
    changes: Vec<Change>,
    edits: Edits,
    /// Why customers' messages are missing.
    unheard: Option<String>,
}

/// Compares and prints; the code tells whether anything changes.
pub(super) fn run(args: &DiffArgs, config: &Config) -> anyhow::Result<ExitCode> {
    let given = args.messages.as_deref().map(messages::of_file).transpose()?;
    let (old, new) = both(&args.old, &args.new, config)?;
    let compared = compare(given, &old, &new, config, args.since);
    if let Some(reason) = &compared.unheard {
        output::complain(&format!("customers' messages are left out: {reason}"));
    }
    match Form::of(args.json) {
        Form::Json => {
            let document = document(args, &old, &new, &compared);
            output::tell(&(serde_json::to_string_pretty(&document)? + "\n"))?;
        }
        Form::Text => output::tell(&text(&compared, args.limit))?,
    }
    let changed = !compared.changes.is_empty();
    Ok(if changed { ExitCode::from(FINDING) } else { ExitCode::SUCCESS })
}

/// Both folders, learned side by side.
fn both(old: &Path, new: &Path, config: &Config) -> anyhow::Result<(Built, Built)> {
    let sources = |folder: &Path| Sources::of(Some(folder.to_owned()), config);
    let (old, new) = (sources(old)?, sources(new)?);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| old.build());
        let new = new.build();
        let old =
            other.join().map_err(|_| anyhow::anyhow!("the old folder cannot be learned"))??;
        Ok((old, new?))
    })
}

fn compare(
    given: Option<Vec<Asked>>,
    old: &Built,
    new: &Built,
    config: &Config,
    since: i64,
) -> Compared {
    let mut unheard = None;
    let messages = given.unwrap_or_else(|| {
        let mut all = messages::of_examples(&[&old.training, &new.training]);
        match messages::of_customers(config, since) {
            Ok(heard) => all.extend(heard),
            Err(reason) => unheard = Some(reason),
        }
        all
    });
    let (old, new) = (&old.knowledge, &new.knowledge);
    let changes = changes(old, new, &messages);
    Compared { messages, changes, edits: Edits::between(old, new), unheard }
}

fn document(args: &DiffArgs, old: &Built, new: &Built, compared: &Compared) -> serde_json::Value {
    let side = |folder: &Path, built: &Built| json!({"folder": folder.display().to_string(), "version": built.knowledge.version});
    let heard = compared.messages.iter().filter(|asked| asked.origin == Origin::Customers);
    let customers = json!({"messages": heard.count(), "left_out": compared.unheard});
    json!({
        "old": side(&args.old, old),
        "new": side(&args.new, new),
        "messages": compared.messages.len(),
        "customers": customers,
        "intents": compared.edits,
        "changed": compared.changes.len(),
        "changes": compared.changes,
    })
}

fn text(compared: &Compared, limit: usize) -> String {
    let Compared { messages, changes, edits, .. } = compared;
    let from = |origin: Origin| messages.iter().filter(|asked| asked.origin == origin).count();
    let mut out = format!("{} tried", settings::counted(messages.len(), "different message"));
    let parts = [(Origin::Examples, "examples"), (Origin::Customers, "written by customers")];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(origin, _)| from(*origin) > 0)
        .map(|(origin, name)| format!("{} {name}", from(*origin)))
        .collect();
    if !parts.is_empty() {
        let _ = write!(out, " ({})", parts.join(", "));
    }
    out += "\n";
    for (what, names) in
        [("new", &edits.added), ("gone", &edits.removed), ("rewritten", &edits.reworded)]
    {
        if !names.is_empty() {
            let _ = writeln!(out, "intents {what}: {}", names.join(", "));
        }
    }
    if changes.is_empty() {
        return out + "no answer changes\n";
    }
    let share = 100.0 * changes.len() as f64 / messages.len().max(1) as f64;
    let answers = settings::counted(changes.len(), "answer");
    let _ = writeln!(out, "{answers} would change ({share:.1} %)");
    listed(&mut out, changes, limit);
    out
}

/// The changes under the heading of their kind.
fn listed(out: &mut String, changes: &[Change], limit: usize) {
    let mut last = None;
    for change in changes.iter().take(limit) {
        if last != Some(change.change) {
            let _ = writeln!(out, "\n{}", heading(change.change));
            last = Some(change.change);
        }
        let times = if change.times > 1 { format!("  ×{}", change.times) } else { String::new() };
        let said: String =
            change.text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let _ = writeln!(out, "  \"{said}\"{times}");
        if change.change == Kind::Words {
            let _ = writeln!(out, "    ~ {}", told(&change.new));
        } else {
            let _ = writeln!(out, "    - {}\n    + {}", told(&change.old), told(&change.new));
        }
    }
    if changes.len() > limit {
        let rest = changes.len() - limit;
        let _ = writeln!(out, "\n… and {rest} more: --limit or --json names them");
    }
}

const fn heading(kind: Kind) -> &'static str {
    match kind {
        Kind::Intent => "Another intent",
        Kind::Outcome => "Understood now, or not any more",
        Kind::Words => "The same intent, answered otherwise",
    }
}

/// An answer in one line.
fn told(answer: &Answer) -> String {
    let intent = answer.intent.as_deref().unwrap_or("none");
    let percent = 100.0 * answer.confidence;
    match answer.outcome {
        Outcome::Answered => format!("answers {intent} ({percent:.0} %)"),
        Outcome::Asked => format!("asks: {} ({percent:.0} %)", answer.offered.join(" or ")),
        Outcome::Rejected => format!("does not understand ({intent} {percent:.0} %)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(intent: &str, outcome: Outcome) -> Answer {
        let offered = vec![intent.to_owned(), "refund".to_owned()];
        Answer { intent: Some(intent.to_owned()), outcome, confidence: 0.5, offered }
    }

    #[test]
    fn changes_are_told_under_their_kind_up_to_the_limit() {
        let change = |change, text: &str| Change {
            text: text.to_owned(),
            times: 3,
            origin: Origin::File,
            change,
            old: answer("hours", Outcome::Rejected),
            new: answer("hours", Outcome::Asked),
        };
        let asked = |text: &str| Asked { text: text.to_owned(), times: 3, origin: Origin::File };
        let compared = Compared {
            messages: vec![asked("a"), asked("b"), asked("c"), asked("d")],
            changes: vec![
                change(Kind::Intent, "a"),
                change(Kind::Words, "b\n\u{1b}"),
                change(Kind::Words, "c"),
            ],
            edits: Edits { reworded: vec!["hours".to_owned()], ..Edits::default() },
            unheard: None,
        };
        let told = text(&compared, 2);
        for line in [
            "4 different messages tried\n",
            "intents rewritten: hours\n",
            "3 answers would change (75.0 %)\n",
            "\nAnother intent\n  \"a\"  ×3\n    - does not understand (hours 50 %)\n    + asks: hours or refund (50 %)\n",
            "\nThe same intent, answered otherwise\n  \"b  \"  ×3\n    ~ asks",
            "… and 1 more",
        ] {
            assert!(told.contains(line), "{line}\n{told}");
        }
        let same = Compared { changes: Vec::new(), edits: Edits::default(), ..compared };
        assert!(text(&same, 2).ends_with("no answer changes\n"));
    }
}
