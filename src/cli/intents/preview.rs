//! `sportello intents preview`: what customers see of each message, channel by channel.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use super::super::output::{self, Form};
use super::super::{FINDING, chat};
use super::spoken::{self, Spoken};
use super::{Sources, settings};
use crate::channel::Capabilities;
use crate::channel::render::{Part, Rendered, compose};
use crate::config::Config;
use crate::domain::channel::{ChannelKind, Standing};
use crate::domain::language::Language;
use crate::domain::message::{Attachment, clean};
use crate::domain::rich::Card;
use crate::domain::source::SourceFile;

/// The most signs of a drawn line.
const WIDE: usize = 72;

/// What `preview` is told.
#[derive(Args, Debug)]
pub(in crate::cli) struct PreviewArgs {
    /// The folder of intents; the configured one or the sample when not given
    folder: Option<PathBuf>,
    /// The channel: webchat, telegram, rest, terminal, whatsapp, messenger, instagram, email or sms;
    /// several times for several; otherwise those that the folder is written for
    #[arg(long, value_name = "CHANNEL", value_parser = kind)]
    channel: Vec<ChannelKind>,
    /// Only what this intent says
    #[arg(long, value_name = "NAME")]
    intent: Option<String>,
    /// Only in this language: it or en
    #[arg(long, value_name = "LANGUAGE", value_parser = chat::language)]
    lang: Option<Language>,
    /// Exit code 1 if anything is shown otherwise than written
    #[arg(long)]
    strict: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

fn kind(word: &str) -> Result<ChannelKind, String> {
    let all = || ChannelKind::ALL.map(ChannelKind::word).join(", ");
    ChannelKind::of(word).ok_or_else(|| format!("the channels are {}", all()))
}

/// One message on one channel.
struct Shown<'a> {
    spoken: &'a Spoken,
    rendered: Rendered,
}

/// Prints what customers see.
pub(super) fn run(args: &PreviewArgs, config: &Config) -> anyhow::Result<ExitCode> {
    let sources = Sources::of(args.folder.clone(), config)?;
    let knowledge = sources.build()?.knowledge;
    if let Some(name) = &args.intent
        && !knowledge.intents.contains_key(name)
    {
        anyhow::bail!("there is no intent `{name}`");
    }
    let mut all = spoken::all(&knowledge, &sources.intents)?;
    all.retain(|message| wanted(args, message));
    let kinds =
        if args.channel.is_empty() { spoken::kinds(&knowledge) } else { args.channel.clone() };
    let mut changed = 0;
    let mut documents = Vec::new();
    for kind in kinds {
        let limits = Capabilities::of(kind);
        let shown: Vec<Shown<'_>> = all
            .iter()
            .map(|spoken| Shown {
                spoken,
                rendered: compose(&spoken.body, &limits, spoken.language),
            })
            .collect();
        changed += shown.iter().filter(|one| !one.rendered.degradations.is_empty()).count();
        match Form::of(args.json) {
            Form::Json => documents.push(document(kind, &shown, &sources.intents)),
            Form::Text => output::tell(&text(kind, &shown, &sources.intents))?,
        }
    }
    if args.json {
        output::tell(&(serde_json::to_string_pretty(&documents)? + "\n"))?;
    }
    Ok(if args.strict && changed > 0 { ExitCode::from(FINDING) } else { ExitCode::SUCCESS })
}

fn wanted(args: &PreviewArgs, message: &Spoken) -> bool {
    let intent = message.place.as_ref().map(|place| place.intent.as_str());
    args.lang.is_none_or(|language| language == message.language)
        && args.intent.as_deref().is_none_or(|name| intent == Some(name))
}

fn standing(spoken: &Spoken, sources: &[SourceFile]) -> Option<(String, usize, usize)> {
    let place = spoken.place.as_ref()?;
    let source = sources.get(place.source)?;
    Some((source.name.clone(), place.line, place.column))
}

/// For people: each message in frames, then what became of the whole.
fn text(kind: ChannelKind, shown: &[Shown<'_>], sources: &[SourceFile]) -> String {
    let mut out = String::new();
    for one in shown {
        let _ = write!(out, "{} ({})", one.spoken.title(), one.spoken.language.code());
        if let Some((file, line, column)) = standing(one.spoken, sources) {
            let _ = write!(out, "  {file}:{line}:{column}");
        }
        out.push('\n');
        let count = one.rendered.parts.len();
        for (part, number) in one.rendered.parts.iter().zip(1..) {
            frame(&mut out, kind, (number, count), part);
        }
        for degradation in &one.rendered.degradations {
            let _ = writeln!(out, "  ~ {degradation}");
        }
        out.push('\n');
    }
    let changed = shown.iter().filter(|one| !one.rendered.degradations.is_empty()).count();
    let served = match kind.standing() {
        Standing::Served => "",
        Standing::Known => " (cannot be configured yet)",
    };
    let messages = settings::counted(shown.len(), "message");
    let _ = writeln!(
        out,
        "{}{served}: {messages}, {changed} shown otherwise than written\n",
        kind.word()
    );
    out
}

/// One part as it arrives.
fn frame(out: &mut String, kind: ChannelKind, (number, count): (usize, usize), part: &Part) {
    let place = if count > 1 { format!(" {number} of {count}") } else { String::new() };
    let _ = writeln!(out, "  ┌─ {}{place} {}", kind.word(), "─".repeat(24));
    let mut block = |lines: Vec<String>| {
        for line in lines {
            let _ = writeln!(out, "  │ {line}");
        }
    };
    block(part.media.iter().map(|file| format!("▣ {}", media(file))).collect());
    block(part.text.lines().flat_map(|line| wrapped(&clean(line))).collect());
    let links = part.links.iter().map(|link| format!("( {} → {} )", clean(&link.label), link.url));
    let buttons = part.buttons.iter().map(|button| format!("( {} )", clean(&button.label)));
    block(buttons.chain(links).collect());
    if let Some(list) = &part.list {
        block(vec![format!("≡ {}", clean(&list.title))]);
        block(
            list.rows
                .iter()
                .flat_map(|row| {
                    let words =
                        row.description.as_deref().map(|words| format!("     {}", clean(words)));
                    [format!("  ▸ {}", clean(&row.label))].into_iter().chain(words)
                })
                .collect(),
        );
    }
    for card in &part.cards {
        block(drawn(card));
    }
    let _ = writeln!(out, "  └{}", "─".repeat(30));
}

fn drawn(card: &Card) -> Vec<String> {
    let picture = card.image.as_ref().map(|address| format!("╎ ▣ {address}"));
    let title = Some(format!("╎ {}", clean(&card.title)));
    let subtitle = card.subtitle.as_deref().map(|words| format!("╎ {}", clean(words)));
    let buttons = card.buttons.iter().map(|button| format!("╎ ( {} )", clean(&button.label)));
    let link = card.link.iter().map(|link| format!("╎ ( {} → {} )", clean(&link.label), link.url));
    let lines = [Some("╎".to_owned()), picture, title, subtitle].into_iter().flatten();
    lines.chain(buttons).chain(link).collect()
}

fn media(file: &Attachment) -> String {
    let reference = file.reference.as_deref().unwrap_or_default();
    format!("{} {}", file.kind, file.name.as_deref().unwrap_or(reference))
}

/// A line in pieces that a terminal shows without breaking words.
fn wrapped(line: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in line.split(' ') {
        let Some(last) = lines.last_mut() else { break };
        if !last.is_empty() && last.chars().count() + word.chars().count() >= WIDE {
            lines.push(word.to_owned());
            continue;
        }
        if !last.is_empty() {
            last.push(' ');
        }
        last.push_str(word);
    }
    lines
}

fn document(kind: ChannelKind, shown: &[Shown<'_>], sources: &[SourceFile]) -> Value {
    let messages = shown.iter().map(|one| {
        let place = standing(one.spoken, sources);
        let degradations = one.rendered.degradations.iter();
        json!({
            "intent": one.spoken.place.as_ref().map(|place| place.intent.as_str()),
            "message": one.spoken.title(),
            "language": one.spoken.language,
            "at": place.map(|(file, line, column)| json!({"file": file, "line": line, "column": column})),
            "parts": one.rendered.parts.iter().map(part).collect::<Vec<_>>(),
            "degradations": degradations.map(|found| json!({
                "what": found.what,
                "becomes": found.becomes,
                "why": found.why,
                "reason": found.reason.word(),
            })).collect::<Vec<_>>(),
        })
    });
    json!({ "channel": kind, "messages": messages.collect::<Vec<_>>() })
}

fn part(part: &Part) -> Value {
    json!({
        "text": part.text,
        "media": part.media,
        "buttons": part.buttons,
        "links": part.links,
        "list": part.list,
        "cards": part.cards,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::embedded;
    use crate::domain::message::{Body, Button};

    fn spoken(labels: &[&str]) -> Spoken {
        let button =
            |label: &&str| Button { label: (*label).into(), payload: format!("i:{label}") };
        let body = Body {
            buttons: labels.iter().map(button).collect(),
            ..Body::text("Che cosa desidera?")
        };
        Spoken { place: None, language: Language::It, body }
    }

    fn shown(spoken: &Spoken, kind: ChannelKind) -> Shown<'_> {
        Shown { spoken, rendered: compose(&spoken.body, &Capabilities::of(kind), Language::It) }
    }

    #[test]
    fn frames_show_what_is_seen_and_name_what_is_not() {
        let four = spoken(&["Orari", "Resi", "Costi", "Tempi"]);
        let told = text(ChannelKind::Sms, &[shown(&four, ChannelKind::Sms)], &[]);
        assert!(told.contains("  │ Che cosa desidera?\n"), "{told}");
        assert!(told.contains("  │ 4. Tempi\n"), "{told}");
        assert!(told.contains("  ~ 4 buttons: a numbered list, because SMS has no buttons\n"));
        assert!(told.ends_with(
            "sms (cannot be configured yet): 1 message, 1 shown otherwise than written\n\n"
        ));
        let told = text(ChannelKind::Telegram, &[shown(&four, ChannelKind::Telegram)], &[]);
        assert!(told.contains("  │ ( Resi )\n") && told.contains(", 0 shown"), "{told}");
    }

    #[test]
    fn the_sample_can_be_seen_on_every_channel() {
        let sources = embedded::intents();
        let knowledge = crate::knowledge::load::build(&sources).unwrap().knowledge;
        let all = spoken::all(&knowledge, &sources).unwrap();
        for kind in ChannelKind::ALL {
            let shown: Vec<_> = all.iter().map(|spoken| shown(spoken, kind)).collect();
            assert!(shown.iter().all(|one| !one.rendered.parts.is_empty()), "{kind:?}");
            let document = document(kind, &shown, &sources);
            assert_eq!(document["messages"].as_array().unwrap().len(), all.len());
            assert!(text(kind, &shown, &sources).lines().count() > all.len());
        }
    }
}
