//! The lists and tables of the report.

use maud::{Markup, html};

use super::eval_advice::Advice;
use super::report_words::Words;
use crate::nlu::Verdict;
use crate::nlu::evaluation::{Answer, Evaluation, IntentFigures};
use crate::text::screen::evaluation as say;

/// How many wrong answers are shown.
const WRONG_SHOWN: usize = 25;
/// How many pairs are shown.
const PAIRS_SHOWN: usize = 12;
/// How many intents are shown before the others fold away.
const TOPICS_SHOWN: usize = 12;

/// What to do first.
pub(super) fn advice(advice: &[Advice], words: Words<'_>) -> Markup {
    html! {
        section {
            h2 { (words.say(say::FIRST)) }
            @if advice.is_empty() {
                p { (words.say(say::NOTHING)) }
            } @else {
                p.how { (words.say(say::FIRST_HOW)) }
                ol.first { @for one in advice { li { (card(one, words)) } } }
            }
        }
    }
}

fn card(advice: &Advice, words: Words<'_>) -> Markup {
    let numbers = [
        ("has", advice.has.to_string()),
        ("found", advice.found.to_string()),
        ("of", advice.of.to_string()),
    ];
    let numbers = numbers.each_ref().map(|(name, number)| (*name, number.as_str()));
    html! {
        b { (words.fill(say::ADD_FIVE, &[("topic", &words.title(&advice.intent))])) }
        " " (name(&advice.intent, words))
        p {
            (words.fill(say::RECOGNISED, &numbers))
            @if let Some(other) = &advice.taken_for {
                " " (words.fill(say::TAKEN_FOR, &[("topic", &words.title(other))]))
            }
        }
        @if !advice.missed.is_empty() {
            p.muted { (words.say(say::SUCH_AS)) }
            ul.muted { @for text in &advice.missed { li { (text) } } }
        }
    }
}

/// The name that stands in the file, where a title is shown instead of it.
fn name(intent: &str, words: Words<'_>) -> Markup {
    html! { @if words.knowledge.is_some() { code { (intent) } } }
}

/// Pairs that are mixed up most.
pub(super) fn confusions(evaluation: &Evaluation, words: Words<'_>) -> Markup {
    let most = evaluation.confusions.first().map_or(1, |(_, count)| *count);
    html! {
        @if !evaluation.confusions.is_empty() {
            section {
                h2 { (words.say(say::CONFUSED)) }
                p.how { (words.say(say::CONFUSED_HOW)) }
                table {
                    thead { tr {
                        th { (words.say(say::COL_MEANT)) }
                        th { (words.say(say::COL_TAKEN)) }
                        th.n { (words.say(say::COL_TIMES)) }
                        th.wide {}
                    } }
                    tbody {
                        @for ((right, said), count) in evaluation.confusions.iter().take(PAIRS_SHOWN) {
                            tr {
                                td { (words.title(right)) }
                                td { (words.title(said)) }
                                td.n { (count) }
                                td.wide { (bar(*count as f64 / most as f64)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn bar(share: f64) -> Markup {
    html! { div.bar { i style=(format!("width:{:.0}%", 100.0 * share)) {} } }
}

/// Every intent, the weakest first.
pub(super) fn topics(evaluation: &Evaluation, words: Words<'_>) -> Markup {
    let mut rows: Vec<_> = evaluation.intents.iter().collect();
    rows.sort_by(|a, b| a.1.recall().total_cmp(&b.1.recall()).then_with(|| a.0.cmp(b.0)));
    let (weakest, others) = rows.split_at(rows.len().min(TOPICS_SHOWN));
    html! {
        section {
            h2 { (words.say(say::TOPICS)) }
            p.how { (words.say(say::TOPICS_HOW)) }
            (topic_table(weakest, words))
            @if !others.is_empty() {
                details {
                    summary { (words.fill(say::TOPICS_OTHERS, &[("n", &others.len().to_string())])) }
                    (topic_table(others, words))
                }
            }
        }
    }
}

fn topic_table(rows: &[(&String, &IntentFigures)], words: Words<'_>) -> Markup {
    html! {
        table {
            thead { tr {
                th { (words.say(say::COL_TOPIC)) }
                th.n { (words.say(say::COL_EXAMPLES)) }
                th.n { (words.say(say::COL_FOUND)) }
                th.wide {}
                th.n { (words.say(say::COL_PRECISE)) }
            } }
            tbody {
                @for (intent, figures) in rows {
                    tr {
                        td { (words.title(intent)) (name(intent, words)) }
                        td.n { (figures.examples) }
                        td.n { (words.percent(figures.recall())) }
                        td.wide { (bar(figures.recall())) }
                        td.n { (words.percent(figures.precision())) }
                    }
                }
            }
        }
    }
}

/// Wrong answers that were given outright, the surest first.
pub(super) fn wrong(answers: &[&Answer], words: Words<'_>) -> Markup {
    let is_wrong = |answer: &&&Answer| answer.verdict == Verdict::Answer && !answer.is_right();
    let mut wrong: Vec<_> = answers.iter().filter(is_wrong).collect();
    wrong.sort_by(|a, b| b.confidence.total_cmp(&a.confidence).then_with(|| a.text.cmp(&b.text)));
    let more = wrong.len().saturating_sub(WRONG_SHOWN);
    html! {
        @if wrong.is_empty() { p { (words.say(say::WRONG_NONE)) } }
        ul.said { @for answer in wrong.into_iter().take(WRONG_SHOWN) { li { (said(answer, words)) } } }
        @if more > 0 { p.muted { (words.fill(say::WRONG_MORE, &[("n", &more.to_string())])) } }
    }
}

fn said(answer: &Answer, words: Words<'_>) -> Markup {
    let meant = answer.intent.as_ref();
    let meant =
        meant.map_or_else(|| words.say(say::NOTHING_MEANT).to_owned(), |of| words.title(of));
    let sure = words.percent(f64::from(answer.confidence));
    html! {
        (answer.text)
        span {
            (words.say(say::WANTED)) " " b { (meant) } ", "
            (words.say(say::UNDERSTOOD)) " " b { (words.title(&answer.predicted)) } ", "
            (words.fill(say::SURE_AT, &[("n", &sure)]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Language;

    #[test]
    fn long_lists_are_cut_and_say_so() {
        let answer = Answer {
            text: "x".to_owned(),
            intent: None,
            predicted: "order".to_owned(),
            confidence: 0.9,
            verdict: Verdict::Answer,
        };
        let words = Words { language: Language::En, knowledge: None };
        let told = wrong(&vec![&answer; WRONG_SHOWN + 2], words).into_string();
        assert_eq!(told.matches("<li>").count(), WRONG_SHOWN);
        assert!(told.contains("… and 2 more."), "{told}");
        assert!(
            told.contains("wanted <b>nothing of the shop’s</b>, understood <b>order</b>, 90% sure")
        );
        assert!(wrong(&[], words).into_string().contains("None."));
    }

    #[test]
    fn many_topics_fold_away_behind_the_weakest() {
        let mut evaluation = Evaluation::of(&[]);
        for n in 0..20 {
            let figures = IntentFigures { examples: 20, found: n, said: 20 };
            evaluation.intents.insert(format!("topic{n:02}"), figures);
        }
        let told =
            topics(&evaluation, Words { language: Language::En, knowledge: None }).into_string();
        let (shown, folded) = told.split_once("<details>").unwrap();
        assert!(shown.contains("topic00") && !shown.contains("topic19"));
        assert!(folded.contains("The other 8 topics") && folded.contains("topic19"));
    }
}
