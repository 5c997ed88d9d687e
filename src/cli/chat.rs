//! `sportello chat`: the bot in the terminal.

use std::collections::BTreeMap;
use std::io::{self, BufRead as _, IsTerminal as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use super::conversation::{Conversation, Exchange, Record};
use super::intents::Sources;
use super::{output, sample_orders, settings};
use crate::channel::terminal;
use crate::dialogue::{Handoff, Input};
use crate::domain::language::Language;
use crate::domain::message::clean;
use crate::nlu::secret::masked;
use crate::service::clock::Clock;

/// The lookup that the sample shop answers.
const SAMPLE_LOOKUP: &str = "order";
/// The slot that names an order.
const SAMPLE_SLOT: &str = "order_number";

/// What `chat` is told.
#[derive(Args, Debug)]
pub(super) struct ChatArgs {
    /// The folder of intents; the sample shop's when not given
    #[arg(long, value_name = "DIR")]
    intents: Option<PathBuf>,
    /// The language that the customer's page would declare: it or en
    #[arg(long, value_name = "LANGUAGE", value_parser = language)]
    lang: Option<Language>,
    /// One JSON object a turn
    #[arg(long)]
    json: bool,
}

/// Reads a language that the house speaks.
pub(super) fn language(text: &str) -> Result<Language, String> {
    Language::from_tag(text).ok_or_else(|| "the languages are it and en".to_owned())
}

/// Talks until the input ends.
pub(super) fn run(args: &ChatArgs) -> anyhow::Result<ExitCode> {
    let config = settings::load(None)?;
    let built = Sources::of(args.intents.clone(), &config)?.build()?;
    let book = settings::policies(&config)?;
    let mut conversation = Conversation::new(&built.knowledge, &book, &sample_shop, args.lang);
    let prompts = io::stdin().is_terminal() && !args.json;
    if prompts {
        let exchange = conversation.take(&Input::Start, Clock::System.now());
        output::tell(&shown(&exchange))?;
    }
    let mut input = io::stdin().lock();
    loop {
        if prompts {
            output::tell("> ")?;
        }
        let mut line = Vec::new();
        if input.read_until(b'\n', &mut line)? == 0 {
            return Ok(ExitCode::SUCCESS);
        }
        let line = clean(&masked(&String::from_utf8_lossy(&line)));
        if prompts && line.is_empty() {
            continue;
        }
        let exchange = conversation.take(&conversation.read(&line), Clock::System.now());
        let told =
            if args.json { format!("{}\n", as_json(&line, &exchange)) } else { shown(&exchange) };
        output::tell(&told)?;
    }
}

/// The sample shop knows its own orders; other lookups have nobody to answer them here.
fn sample_shop(name: &str, slots: &BTreeMap<String, String>) -> Record {
    match slots.get(SAMPLE_SLOT).filter(|_| name == SAMPLE_LOOKUP) {
        Some(number) => sample_orders::find(number).map_or(Record::NotFound, Record::Found),
        None => Record::Failed,
    }
}

/// The answers as lines, a blank one after the turn. Only the last buttons are on offer and numbered.
fn shown(exchange: &Exchange) -> String {
    let last = exchange.replies.iter().rposition(|reply| !reply.choices().is_empty());
    let mut lines = Vec::new();
    for (index, reply) in exchange.replies.iter().enumerate() {
        let mut reply = reply.clone();
        if Some(index) != last {
            reply.buttons.clear();
            reply.list = None;
            reply.cards.iter_mut().for_each(|card| card.buttons.clear());
        }
        lines.extend(terminal::lines(&reply));
    }
    lines.extend(exchange.handoff.iter().map(ticket_line));
    if lines.is_empty() {
        lines.push("(your message was added to the request)".to_owned());
    }
    lines.join("\n") + "\n\n"
}

fn ticket_line(handoff: &Handoff) -> String {
    let requirement = &handoff.requirement;
    let mut parts = vec![format!("priority {}", handoff.priority.as_str())];
    parts.extend(requirement.team.iter().map(|team| format!("team {team}")));
    parts.extend(requirement.language.iter().map(|language| format!("language {language}")));
    parts.extend(requirement.skills.iter().map(|skill| format!("skill {skill}")));
    format!("(ticket: {}; \"{}\")", parts.join(", "), handoff.packet.summary)
}

/// One turn for scripts.
fn as_json(text: &str, exchange: &Exchange) -> Value {
    let understood = exchange.understood.as_ref();
    json!({
        "text": text,
        "language": exchange.language,
        "intent": understood.and_then(|understood| understood.intent.as_deref()),
        "confidence": understood.map_or(0.0, |understood| rounded(understood.confidence)),
        "outcome": exchange.outcome,
        "parts": understood.map_or_else(Vec::new, |understood| understood.parts.iter().map(|part| json!({
            "text": part.said,
            "intent": part.intent,
            "confidence": rounded(part.confidence),
            "outcome": part.outcome,
        })).collect::<Vec<_>>()),
        "replies": exchange.replies.iter().map(|reply| json!({
            "text": reply.text,
            "buttons": reply.buttons,
            "list": reply.list,
            "cards": reply.cards,
            "attachments": reply.attachments,
        })).collect::<Vec<_>>(),
        "ticket": exchange.handoff.as_ref().map(ticket_json),
    })
}

fn ticket_json(handoff: &Handoff) -> Value {
    json!({
        "team": handoff.requirement.team,
        "priority": handoff.priority,
        "skills": handoff.requirement.skills,
        "language": handoff.requirement.language,
        "reason": handoff.reason,
        "summary": handoff.packet.summary,
        "slots": handoff.packet.slots,
    })
}

/// Four places: what a calibrated probability has to say.
fn rounded(confidence: f32) -> f64 {
    (f64::from(confidence) * 10_000.0).round() / 10_000.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::embedded;
    use crate::domain::time::UtcMillis;
    use crate::knowledge::load;
    use crate::sla::book::PolicyBook;

    fn exchange(text: &str) -> Exchange {
        let knowledge = load::build(&embedded::intents()).unwrap().knowledge;
        let book = PolicyBook::read(&embedded::policies()).unwrap();
        let mut conversation = Conversation::new(&knowledge, &book, &sample_shop, None);
        conversation.take(&Input::Text(text.into()), UtcMillis(1_794_909_600_000))
    }

    #[test]
    fn a_turn_for_scripts_holds_all_that_was_promised() {
        let turn = as_json(
            "x",
            &exchange("Dov'è il mio ordine AB123456? La mia e-mail è ada@example.com"),
        );
        assert_eq!((turn["text"].as_str(), turn["language"].as_str()), (Some("x"), Some("it")));
        assert_eq!(turn["intent"], "order_status");
        assert!(turn["confidence"].as_f64().is_some_and(|p| (0.6..=1.0).contains(&p)), "{turn}");
        assert_eq!(turn["outcome"], "answered");
        assert_eq!(turn["ticket"], Value::Null);
        let last = turn["replies"].as_array().unwrap().last().unwrap();
        assert!(last["text"].as_str().unwrap().contains("in consegna"), "{turn}");
        assert!(last["buttons"][0]["payload"].as_str().unwrap().starts_with("i:"), "{turn}");
    }

    #[test]
    fn a_ticket_is_told_to_scripts_and_to_people() {
        let exchange = exchange("I want to speak to a human please");
        let ticket = &as_json("x", &exchange)["ticket"];
        assert_eq!(ticket["reason"], "asked");
        assert_eq!(ticket["language"], "en");
        assert_eq!(ticket["team"], Value::Null);
        assert!(ticket["summary"].as_str().unwrap().contains("human"));
        assert!(shown(&exchange).contains("(ticket: priority normal, language en; \"I want"));
    }

    #[test]
    fn only_the_last_buttons_are_numbered() {
        let shown = shown(&exchange("buongiorno"));
        assert_eq!(shown.matches("[1]").count(), 1, "{shown}");
    }
}
