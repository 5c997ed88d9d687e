//! The report of `intents eval`, for whoever owns the shop: one HTML file without a script.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::nlu::evaluation::{Answer, Evaluation, Point};

const WIDTH: f64 = 360.0;
const HEIGHT: f64 = 220.0;
/// How many wrong answers are shown.
const SHOWN: usize = 40;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1d2430;background:#fff}\
h1{font-size:1.6rem}h2{font-size:1.15rem;margin-top:2.2rem}table{border-collapse:collapse;width:100%}\
th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #d9dee7}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}\
.big{font-size:2.4rem;font-weight:600}.two{display:grid;grid-template-columns:repeat(auto-fit,minmax(20rem,1fr));gap:1.5rem}\
svg{width:100%;height:auto;overflow:visible}.bar{background:#e8ecf3;height:.6rem;border-radius:.3rem}.bar i{display:block;height:100%;background:#2b6cb0;border-radius:.3rem}\
@media(prefers-color-scheme:dark){body{background:#12161d;color:#e6eaf1}th,td{border-color:#333b49}.bar{background:#2a3240}}";

/// The whole page.
pub(super) fn page(evaluation: &Evaluation, answers: &[Answer], advice: &[String]) -> String {
    let out_of_scope = answers.len() - evaluation.in_scope;
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "How well the bot understands" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { "How well the bot understands" }
                p { span.big { (percent(evaluation.accuracy)) } " of " (evaluation.in_scope)
                    " examples were understood by a bot that had not seen them." }
                p { "Each example was hidden in turn, and asked of what the others had taught. "
                    (out_of_scope) " messages that nothing should answer were asked too." }
                h2 { "What to do first" }
                @if advice.is_empty() {
                    p { "Nothing: every intent is found at least eight times in ten." }
                } @else {
                    ol { @for line in advice { li { (line) } } }
                }
                div.two {
                    section {
                        h2 { "The more it answers, the more is wrong" }
                        p { "Read it so: if the bot answers only this share of the messages, the surest first, that share of its answers is wrong." }
                        (curve(&evaluation.coverage, "share answered", "share wrong"))
                    }
                    section {
                        h2 { "Is it as sure as it says?" }
                        p { "On the line the bot is right exactly as often as it says. Below it is too sure, above too modest." }
                        (reliability(&evaluation.reliability))
                    }
                }
                h2 { "Intents, the weakest first" }
                (table(evaluation))
                h2 { "Taken for one another" }
                table {
                    tr { th { "Meant" } th { "Understood" } th.n { "Times" } }
                    @for ((right, said), count) in evaluation.confusions.iter().take(SHOWN) {
                        tr { td { (right) } td { (said) } td.n { (count) } }
                    }
                }
                h2 { "Messages that went wrong, the surest first" }
                (wrong(answers))
            }
        }
    };
    page.into_string()
}

fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

fn table(evaluation: &Evaluation) -> Markup {
    let mut rows: Vec<_> = evaluation.intents.iter().collect();
    rows.sort_by(|a, b| a.1.recall().total_cmp(&b.1.recall()).then_with(|| a.0.cmp(b.0)));
    html! {
        table {
            tr { th { "Intent" } th.n { "Examples" } th { "Found" } th.n {} th.n { "Right when said" } }
            @for (name, figures) in rows {
                tr {
                    td { (name) }
                    td.n { (figures.examples) }
                    td { div.bar { i style=(format!("width:{:.0}%", 100.0 * figures.recall())) {} } }
                    td.n { (percent(figures.recall())) }
                    td.n { (percent(figures.precision())) }
                }
            }
        }
    }
}

fn wrong(answers: &[Answer]) -> Markup {
    let mut wrong: Vec<_> = answers.iter().filter(|answer| !answer.is_right()).collect();
    wrong.sort_by(|a, b| b.confidence.total_cmp(&a.confidence).then_with(|| a.text.cmp(&b.text)));
    html! {
        table {
            tr { th { "Message" } th { "Meant" } th { "Understood" } th.n { "Sure" } }
            @for answer in wrong.into_iter().take(SHOWN) {
                tr {
                    td { (answer.text) }
                    td { (answer.intent.as_deref().unwrap_or("nothing")) }
                    td { (answer.predicted) }
                    td.n { (percent(f64::from(answer.confidence))) }
                }
            }
        }
    }
}

fn curve(points: &[Point], across: &str, up: &str) -> Markup {
    let most = points.iter().map(|point| point.value).fold(0.1, f64::max);
    let path: Vec<String> = points.iter().map(|point| at(point.at, point.value / most)).collect();
    chart(
        across,
        &format!("{up} (top: {})", percent(most)),
        &html! { polyline points=(path.join(" ")) fill="none" stroke="#2b6cb0" stroke-width="3" {} },
    )
}

fn reliability(points: &[Point]) -> Markup {
    let largest = points.iter().map(|point| point.count).max().unwrap_or(1).max(1) as f64;
    chart(
        "how sure it says it is",
        "how often it is right",
        &html! {
            polyline points=(format!("{} {}", at(0.0, 0.0), at(1.0, 1.0))) fill="none" stroke="#8a94a6" stroke-dasharray="4 4" {}
            @for point in points {
                @let (x, y) = place(point.at, point.value);
                circle cx=(x) cy=(y) r=(3.0 + 7.0 * (point.count as f64 / largest).sqrt()) fill="#2b6cb0" fill-opacity=".7" {
                    title { (point.count) " messages: says " (percent(point.at)) ", is right " (percent(point.value)) }
                }
            }
        },
    )
}

fn chart(across: &str, up: &str, inside: &Markup) -> Markup {
    html! {
        svg viewBox=(format!("-10 -20 {} {}", WIDTH + 20.0, HEIGHT + 50.0)) role="img" aria-label=(format!("{up} by {across}")) {
            polyline points=(format!("0,0 0,{HEIGHT} {WIDTH},{HEIGHT}")) fill="none" stroke="#8a94a6" {}
            text x="4" y="-6" font-size="12" fill="currentColor" { (up) }
            text x=(WIDTH) y=(HEIGHT + 18.0) font-size="12" text-anchor="end" fill="currentColor" { (across) }
            (inside)
        }
    }
}

fn place(across: f64, up: f64) -> (f64, f64) {
    ((across * WIDTH).round(), (HEIGHT - up * HEIGHT).round())
}

fn at(across: f64, up: f64) -> String {
    let (x, y) = place(across, up);
    format!("{x},{y}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nlu::Verdict;

    #[test]
    fn the_page_says_what_was_counted_and_escapes_what_customers_wrote() {
        let answer = |text: &str, predicted: &str| Answer {
            text: text.to_owned(),
            intent: Some("order".to_owned()),
            predicted: predicted.to_owned(),
            confidence: 0.7,
            verdict: Verdict::Answer,
        };
        let answers = [answer("dov'è", "order"), answer("<b>ciao</b>", "refund")];
        let page = page(&Evaluation::of(&answers), &answers, &["add 5 examples".to_owned()]);
        assert!(page.contains("50.0 %") && page.contains("add 5 examples"));
        assert!(page.contains("&lt;b&gt;ciao") && !page.contains("<b>ciao"));
        assert!(page.contains("<polyline") && page.contains("<circle"));
    }
}
