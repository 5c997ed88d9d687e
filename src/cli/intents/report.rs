//! The report of `intents eval`, for whoever owns the shop: one HTML file without a script.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::eval_advice::Advice;
use super::eval_queries::Asked;
use super::report_words::Words;
use super::{report_chart, report_lists};
use crate::domain::language::Language;
use crate::knowledge::Knowledge;
use crate::nlu::Verdict;
use crate::nlu::evaluation::{Answer, Evaluation};
use crate::text::Phrase;
use crate::text::screen::evaluation as say;

const STYLE: &str = include_str!("report.css");
/// How much of the version is shown: enough to tell two apart.
const VERSION_SHOWN: usize = 12;

/// What is told.
pub(super) struct Report<'a> {
    /// In which language.
    pub(super) language: Language,
    /// The shop, unless it is a bare file of examples.
    pub(super) knowledge: Option<&'a Knowledge>,
    /// The figures of cross-validation.
    pub(super) evaluation: &'a Evaluation,
    /// Its answers.
    pub(super) answers: &'a [Answer],
    /// What to do first.
    pub(super) advice: &'a [Advice],
    /// Messages of a file, where one was given.
    pub(super) asked: Option<&'a [Asked]>,
}

/// The whole page.
pub(super) fn page(report: &Report<'_>) -> String {
    let words = Words { language: report.language, knowledge: report.knowledge };
    let page = html! {
        (DOCTYPE)
        html lang=(report.language.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (words.say(say::TITLE)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (head(report, words))
                main {
                    (in_short(report, words))
                    (report_lists::advice(report.advice, words))
                    (curves(report, words))
                    (report_lists::confusions(report.evaluation, words))
                    (report_lists::topics(report.evaluation, words))
                    (wrong(report, words))
                }
                @if let Some(knowledge) = report.knowledge {
                    @let version: String = knowledge.version.chars().take(VERSION_SHOWN).collect();
                    footer { (words.fill(say::VERSION, &[("version", &version)])) }
                }
            }
        }
    };
    page.into_string()
}

fn head(report: &Report<'_>, words: Words<'_>) -> Markup {
    let in_scope = report.evaluation.in_scope;
    let numbers = [
        ("n", in_scope.to_string()),
        ("topics", report.evaluation.intents.len().to_string()),
        ("out", (report.answers.len() - in_scope).to_string()),
    ];
    let numbers = numbers.each_ref().map(|(name, number)| (*name, number.as_str()));
    html! {
        header {
            @if let Some(knowledge) = report.knowledge { p.shop { (knowledge.bot.name) } }
            h1 { (words.say(say::TITLE)) }
            p.headline {
                b { (words.percent(report.evaluation.accuracy)) }
                span { (words.say(say::HEADLINE)) }
            }
            p.how { (words.fill(say::LEAD, &numbers)) }
        }
    }
}

fn in_short(report: &Report<'_>, words: Words<'_>) -> Markup {
    let hidden: Vec<_> = report.answers.iter().collect();
    let asked: Option<Vec<_>> =
        report.asked.map(|asked| asked.iter().map(|one| &one.answer).collect());
    html! {
        section {
            h2 { (words.say(say::IN_SHORT)) }
            p.how { (words.say(say::IN_SHORT_HOW)) }
            div.two {
                div {
                    @if asked.is_some() { h3 { (words.say(say::HIDDEN)) } }
                    (ways(&hidden, words))
                }
                @if let Some(asked) = &asked {
                    div { h3 { (words.say(say::QUERIES)) } (ways(asked, words)) }
                }
            }
        }
    }
}

/// The ways that messages went, those of the shop's business and the others.
fn ways(answers: &[&Answer], words: Words<'_>) -> Markup {
    let count = |is_inside: bool, verdict: Verdict, is_right: Option<bool>| {
        let like = |answer: &&&Answer| {
            answer.intent.is_some() == is_inside
                && answer.verdict == verdict
                && is_right.is_none_or(|is_right| is_right == answer.is_right())
        };
        answers.iter().filter(like).count()
    };
    let inside = [
        ("good", say::WAY_RIGHT, count(true, Verdict::Answer, Some(true))),
        ("ask", say::WAY_ASKED, count(true, Verdict::Ask, None)),
        ("none", say::WAY_MISSED, count(true, Verdict::Reject, None)),
        ("bad", say::WAY_WRONG, count(true, Verdict::Answer, Some(false))),
    ];
    let outside = [
        ("good", say::WAY_REFUSED, count(false, Verdict::Reject, None)),
        ("ask", say::WAY_ASKED, count(false, Verdict::Ask, None)),
        ("bad", say::WAY_ANSWERED, count(false, Verdict::Answer, None)),
    ];
    html! {
        (bar(say::INSIDE, &inside, words))
        (bar(say::OUTSIDE, &outside, words))
    }
}

fn bar(heading: Phrase, ways: &[(&str, Phrase, usize)], words: Words<'_>) -> Markup {
    let all: usize = ways.iter().map(|(.., count)| count).sum();
    let share = |count: usize| count as f64 / all.max(1) as f64;
    html! {
        @if all > 0 {
            p.muted { (words.fill(heading, &[("n", &all.to_string())])) }
            div.ways aria-hidden="true" {
                @for (class, _, count) in ways.iter().filter(|(.., count)| *count > 0) {
                    i class=(class) style=(format!("width:{:.1}%", 100.0 * share(*count))) {}
                }
            }
            ul.key {
                @for (class, phrase, count) in ways {
                    li { i class=(class) {} span { b { (words.percent(share(*count))) } " " (words.say(*phrase)) } }
                }
            }
        }
    }
}

fn curves(report: &Report<'_>, words: Words<'_>) -> Markup {
    let today = today(report.answers);
    html! {
        div.two {
            section {
                h2 { (words.say(say::SURE)) }
                p.how { (words.say(say::SURE_HOW)) }
                (report_chart::reliability(&report.evaluation.reliability, words))
            }
            section {
                h2 { (words.say(say::MORE)) }
                p.how {
                    (words.say(say::MORE_HOW)) " "
                    @if let Some((share, wrong)) = today {
                        (words.fill(say::MORE_TODAY, &[("share", &words.percent(share)), ("wrong", &words.percent(wrong))]))
                    }
                }
                (report_chart::coverage(&report.evaluation.coverage, today, words))
            }
        }
    }
}

/// The share of messages answered outright, and the share of these answers that is wrong.
fn today(answers: &[Answer]) -> Option<(f64, f64)> {
    let outright = answers.iter().filter(|answer| answer.verdict == Verdict::Answer);
    let (all, wrong) = outright.fold((0_usize, 0_usize), |(all, wrong), answer| {
        (all + 1, wrong + usize::from(!answer.is_right()))
    });
    (all > 0).then(|| (all as f64 / answers.len() as f64, wrong as f64 / all as f64))
}

fn wrong(report: &Report<'_>, words: Words<'_>) -> Markup {
    let hidden: Vec<_> = report.answers.iter().collect();
    let asked = report.asked.map(|asked| asked.iter().map(|one| &one.answer).collect::<Vec<_>>());
    html! {
        section {
            h2 { (words.say(say::WRONG)) }
            p.how { (words.say(say::WRONG_HOW)) }
            @if let Some(asked) = asked {
                h3 { (words.say(say::QUERIES)) }
                (report_lists::wrong(&asked, words))
                h3 { (words.say(say::HIDDEN)) }
            }
            (report_lists::wrong(&hidden, words))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(text: &str, intent: Option<&str>, predicted: &str, verdict: Verdict) -> Answer {
        Answer {
            text: text.to_owned(),
            intent: intent.map(str::to_owned),
            predicted: predicted.to_owned(),
            confidence: 0.7,
            verdict,
        }
    }

    fn told(language: Language, answers: &[Answer], asked: Option<&[Asked]>) -> String {
        let evaluation = Evaluation::of(answers);
        let advice = Advice {
            intent: "order".to_owned(),
            has: 7,
            found: 1,
            of: 3,
            taken_for: Some("refund".to_owned()),
            missed: vec!["dove <sta>".to_owned()],
        };
        let advice = [advice];
        page(&Report {
            language,
            knowledge: None,
            evaluation: &evaluation,
            answers,
            advice: &advice,
            asked,
        })
    }

    #[test]
    fn the_page_says_what_was_counted_and_escapes_what_customers_wrote() {
        let answers = [
            answer("dov'è", Some("order"), "order", Verdict::Answer),
            answer("<b>ciao</b>", Some("order"), "refund", Verdict::Answer),
            answer("pioggia", None, "refund", Verdict::Reject),
        ];
        let page = told(Language::En, &answers, None);
        assert!(page.contains("50%") && page.contains("Add 5 examples to “order”"), "{page}");
        assert!(page.contains("It has 7; new sentences are recognised 1 times in 3."));
        assert!(page.contains("&lt;b&gt;ciao") && !page.contains("<b>ciao"));
        assert!(page.contains("dove &lt;sta&gt;"));
        assert!(page.contains("<polyline") && page.contains("<circle"));
        assert!(!page.contains("Test messages") && !page.contains("<script"));
    }

    #[test]
    fn test_messages_are_told_beside_the_examples() {
        let answers = [answer("dov'è", Some("order"), "order", Verdict::Answer)];
        let asked = [
            Asked::of(answer("ndo sta", Some("order"), "refund", Verdict::Answer)),
            Asked::of(answer("piove", None, "refund", Verdict::Reject)),
        ];
        let page = told(Language::It, &answers, Some(&asked));
        assert_eq!(page.matches("Messaggi di prova").count(), 2, "{page}");
        assert!(page.contains("Frasi che non riguardano il negozio: 1"), "{page}");
        assert!(page.contains("ndo sta") && page.contains("<b>100%</b> risponde sbagliato"));
        assert!(page.contains("Nessuna."), "no hidden example was answered wrongly");
    }

    #[test]
    fn an_italian_shop_reads_italian() {
        let answers = [answer("dov'è", Some("order"), "order", Verdict::Answer)];
        let page = told(Language::It, &answers, None);
        assert!(
            page.contains(r#"<html lang="it">"#) && page.contains("Aggiungi 5 esempi a «order»")
        );
        for english in ["answers rightly", "Where to start", "Recognised"] {
            assert!(!page.contains(english), "{english}");
        }
    }

    #[test]
    fn where_the_bot_stands_today_counts_outright_answers_only() {
        let answers = [
            answer("a", Some("order"), "order", Verdict::Answer),
            answer("b", None, "order", Verdict::Answer),
            answer("c", Some("order"), "refund", Verdict::Ask),
            answer("d", None, "order", Verdict::Reject),
        ];
        assert_eq!(today(&answers), Some((0.5, 0.5)));
        assert_eq!(today(&answers[2..]), None);
    }
}
