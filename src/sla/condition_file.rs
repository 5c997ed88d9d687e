//! The conditions of a policy as `sla.yaml` writes them.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::condition::Condition;
use super::findings::Findings;
use crate::domain::language::Language;
use crate::domain::ticket::Priority;

type Words = Spanned<Vec<Spanned<String>>>;

/// `when:`, unread.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConditionFile {
    priority: Option<Words>,
    segment: Option<Words>,
    channel: Option<Words>,
    intent: Option<Words>,
    language: Option<Words>,
    order_value: Option<Spanned<ValueFile>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ValueFile {
    from: Option<Spanned<f64>>,
    below: Option<Spanned<f64>>,
}

impl ConditionFile {
    /// The condition, as far as it can be read; every problem goes to the findings.
    pub(super) fn read(&self, findings: &mut Findings<'_>) -> Condition {
        let priorities = || Priority::ALL.map(Priority::as_str).join(", ");
        let languages = || Language::ALL.map(Language::code).join(", ");
        let (value_from, value_below) = self.read_value(findings);
        Condition {
            priority: read(self.priority.as_ref(), findings, |word| {
                Priority::parse(word)
                    .ok_or_else(|| format!("`{word}` is no priority; there are: {}", priorities()))
            }),
            segment: read(self.segment.as_ref(), findings, any_word),
            channel: read(self.channel.as_ref(), findings, any_word),
            intent: read(self.intent.as_ref(), findings, any_word),
            language: read(self.language.as_ref(), findings, |word| {
                Language::ALL.into_iter().find(|language| language.code() == word).ok_or_else(
                    || format!("`{word}` is no language of the house; there are: {}", languages()),
                )
            }),
            value_from,
            value_below,
        }
    }

    fn read_value(&self, findings: &mut Findings<'_>) -> (Option<i64>, Option<i64>) {
        let Some(range) = &self.order_value else { return (None, None) };
        let mut edge = |written: &Option<Spanned<f64>>| {
            let written = written.as_ref()?;
            findings.accept(written, cents(written.value))
        };
        let edges = (edge(&range.value.from), edge(&range.value.below));
        let is_empty = matches!(edges, (Some(from), Some(below)) if from >= below);
        if is_empty || (range.value.from.is_none() && range.value.below.is_none()) {
            let example = "write a range such as {from: 100, below: 500}: from is within it";
            findings.error(range, example);
            return (None, None);
        }
        edges
    }
}

fn read<T: Ord>(
    written: Option<&Words>,
    findings: &mut Findings<'_>,
    meaning: impl Fn(&str) -> Result<T, String>,
) -> BTreeSet<T> {
    let Some(written) = written else { return BTreeSet::new() };
    if written.value.is_empty() {
        findings.error(written, "an empty list can never match: leave the line out, or name one");
    }
    let words = written.value.iter();
    words.filter_map(|word| findings.accept(word, meaning(&word.value))).collect()
}

fn any_word(word: &str) -> Result<String, String> {
    match word.trim() {
        "" => Err("write a name".to_owned()),
        word => Ok(word.to_owned()),
    }
}

/// Whole units of the shop's currency, with cents after a point.
#[expect(clippy::cast_possible_truncation, reason = "bounded just before")]
fn cents(value: f64) -> Result<i64, String> {
    if value.is_finite() && (0.0..1e12).contains(&value) {
        Ok((value * 100.0).round() as i64)
    } else {
        Err(format!("`{value}` is no order value: write an amount such as 150 or 99.90"))
    }
}
